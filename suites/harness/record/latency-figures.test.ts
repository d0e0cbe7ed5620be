import { expect, test } from '@playwright/test'
import { latencyFigures, noLatencyFigures, tellsLatency } from '../../../lab/record/latency-figures.ts'
import { rateTrialOf } from '../measure/rate-trials.ts'
import { trialOf } from '../measure/trials.ts'

const BED = { target: 'devmap', mode: 'native', offered: 1_000 } as const
const timed = (...latency: [number, number][]) => trialOf(BED, {}, { latency })
const valuesOf = (figures: ReturnType<typeof latencyFigures>) =>
  Object.fromEntries(figures.map(({ quantity, value }) => [quantity, value]))

test('Five percentiles of a trial, from the fastest frame to the slowest', () => {
  const figures = latencyFigures(
    '1 frame per ms',
    [rateTrialOf(timed([10, 500], [20, 489], [40, 9], [90, 2]))],
    {},
  )
  expect(valuesOf(figures)).toEqual({
    'latency-min': 10,
    'latency-median': 10,
    'latency-p99': 40,
    'latency-p999': 90,
    'latency-max': 90,
  })
  expect(new Set(figures.map(({ atLoad }) => atLoad))).toEqual(new Set(['1 frame per ms']))
})

test('Of several trials each percentile is the middle one, between the least and the largest', () => {
  const trials = [[30], [10], [20]].map(([ns]) => rateTrialOf(timed([ns!, 1_000])))
  const [, median] = latencyFigures('50 % of PDR', trials, {})
  expect(median).toMatchObject({ quantity: 'latency-median', value: 20, lower: 10, upper: 30, trials: 3 })
  expect(median!.method).toMatchObject({ 'offered, frames': 3_000, 'received, frames': 3_000 })
})

test('A generator that did not keep up has measured another load: no value, and why', () => {
  const slow = { ...rateTrialOf(timed([10, 1_000])), intended: 2_000 }
  const figures = latencyFigures('100 % of PDR', [slow], {})
  expect(valuesOf(figures)['latency-median']).toBeNull()
  expect(figures[0]!.invalid).toBe('the generator reached 50 % of the load, one frame at a time')
})

test('Frames that leave several at a time are told, since they wait for each other', () => {
  const one = rateTrialOf(timed([10, 1_000]))
  const bursts = { ...one, load: { ...one.load, burst: 4 } }
  const together = '4 frames at a time, the first of which waits for the last'
  expect(latencyFigures('90 % of PDR', [bursts], {})[0]!.method['way']).toContain(together)
  expect(latencyFigures('90 % of PDR', [one], {})[0]!.method['way']).toContain('one frame at a time')
  const slow = { ...bursts, intended: 2_000 }
  expect(latencyFigures('90 % of PDR', [slow], {})[0]!.invalid).toContain(together)
  expect([one, bursts, slow].map(tellsLatency)).toEqual([true, true, false])
})

test('A trial that is invalid leaves the others their say', () => {
  const [least] = latencyFigures(
    '10 % of PDR',
    [rateTrialOf(timed([5, 1_000]), { invalid: 'stray traffic' }), rateTrialOf(timed([7, 1_000]))],
    {},
  )
  expect(least).toMatchObject({ value: 7, lower: 7, upper: 7, trials: 1 })
  expect(least).not.toHaveProperty('invalid')
})

test('A load that nobody knows has a line that says so', () => {
  expect(noLatencyFigures('90 % of PDR', 'no PDR')).toMatchObject([
    { atLoad: '90 % of PDR', value: null, invalid: 'no PDR', trials: 0 },
  ])
})
