import { expect, test } from '@playwright/test'
import { lossFigure } from '../../../lab/record/loss-figures.ts'
import { rateTrialOf } from '../measure/rate-trials.ts'
import { trialOf } from '../measure/trials.ts'

const BED = { target: 'devmap', mode: 'native', offered: 1_000 } as const

test('The loss at a load is the part of the offered frames that did not arrive', () => {
  const trial = rateTrialOf(trialOf(BED, { ringFull: 20, xmit: { ENXIO: 5 } }), { sendingTime: 2 })
  expect(lossFigure('90 % of the highest load', trial)).toMatchObject({
    quantity: 'loss-ratio',
    atLoad: '90 % of the highest load',
    value: 0.025,
    method: { 'offered, frames/s': 500, 'offered, frames': 1_000, 'forwarded, frames': 975 },
  })
})

test('No loss is a figure too, and an invalid trial is none', () => {
  expect(lossFigure('10 %', rateTrialOf(trialOf(BED))).value).toBe(0)
  expect(lossFigure('10 %', rateTrialOf(trialOf(BED), { invalid: 'stray traffic' }))).toMatchObject({
    value: null,
    invalid: 'stray traffic',
  })
})
