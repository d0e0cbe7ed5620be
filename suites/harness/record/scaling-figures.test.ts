import { expect, test } from '@playwright/test'
import { scalingFigure } from '../../../lab/record/scaling-figures.ts'
import { rateTrialOf } from '../measure/rate-trials.ts'
import { trialOf } from '../measure/trials.ts'

const BED = { target: 'devmap', mode: 'native', offered: 1_000 } as const
const lossy = (ringFull: number, sendingTime = 1) => rateTrialOf(trialOf(BED, { ringFull }), { sendingTime })

test('The rate is what came out, in the middle of the trials', () => {
  const figure = scalingFigure({ name: '2 flows', flows: 2 }, [lossy(100), lossy(300), lossy(200)])
  expect(figure).toMatchObject({
    quantity: 'mrr',
    atLoad: '2 flows',
    value: 800,
    lower: 700,
    upper: 900,
    trials: 3,
  })
  expect(figure).not.toHaveProperty('irregular')
  expect(scalingFigure({ name: '2 flows', flows: 2 }, [lossy(100), lossy(300)], 'fastest').value).toBe(900)
})

test('Frames that wait in a queue when the last is sent are no rate: receiving took longer', () => {
  const trial = rateTrialOf(trialOf(BED, { ringFull: 200 }, { firstNs: 1e9, lastNs: 5e9 }))
  expect(scalingFigure({ name: '1 flow' }, [trial]).value).toBe(200)
})

test('A DUT that loses next to nothing could have done more', () => {
  expect(scalingFigure({ name: '1 flow' }, [lossy(4), lossy(0)]).irregular).toBe('at-ceiling')
  expect(scalingFigure({ name: '1 flow' }, [lossy(4), lossy(5)])).not.toHaveProperty('irregular')
})

test('What the bed has not is a line without a figure, that says why', () => {
  const step = { name: '2 receive queues', cores: 2, absent: 'enp1s0 has one receive queue' }
  expect(scalingFigure(step, [])).toMatchObject({ value: null, invalid: 'enp1s0 has one receive queue' })
})

test('Trials that are invalid make no figure', () => {
  const stray = rateTrialOf(trialOf(BED, { ringFull: 100 }), { invalid: 'stray traffic' })
  expect(scalingFigure({ name: '1 flow' }, [stray])).toMatchObject({
    value: null,
    invalid: 'no trial was valid',
  })
})
