import { expect, test } from '@playwright/test'
import { frameCost, workOf } from '../../../lab/measure/cost.ts'
import { trialOf } from './trials.ts'
import { rateTrialOf } from './rate-trials.ts'

const WORK = { offered: 4_000_000, refused: 1_500_000, taken: 2_500_000, sendingTime: 0.5 }

test('While the receive ring overflows, all of the time went to the frames that were taken', () => {
  expect(frameCost(WORK)).toEqual({ kind: 'saturated', ns: 200 })
})

test('A ring that hardly overflows bounds the cost from above', () => {
  expect(frameCost({ ...WORK, refused: 199_999 })?.kind).toBe('at-ceiling')
  expect(frameCost({ ...WORK, refused: 200_000 })?.kind).toBe('saturated')
})

test('Nothing is said of a program that took no frame', () => {
  expect(frameCost({ ...WORK, refused: 4_000_000, taken: 0 })).toBeUndefined()
})

test('Frames that are lost after the program were taken, those that the ring refused were not', () => {
  const trial = trialOf(
    { target: 'devmap', mode: 'native', offered: 1_000 },
    { ringFull: 100, program: { ABORTED: 7 }, xmit: { ENXIO: 30 } },
  )
  expect(workOf(rateTrialOf(trial, { sendingTime: 2 }))).toEqual({
    offered: 1_000,
    refused: 100,
    taken: 900,
    sendingTime: 2,
  })
})
