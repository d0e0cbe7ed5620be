import { expect, test } from '@playwright/test'
import { latencyAt, mergeHistograms, summarizeLatency } from '../../../lab/stats/latency.ts'

/** One frame in each nanosecond from 1 on. */
const ramp = (frames: number) => Array.from({ length: frames }, (_, index) => [index + 1, 1] as const)

test('Of a thousand frames, one in each nanosecond, the quantiles are their own ranks', () => {
  expect(summarizeLatency(ramp(1000))).toEqual({
    frames: 1000,
    min: 1,
    median: 500,
    p90: 900,
    p99: 990,
    p999: 999,
    max: 1000,
  })
})

test('A quantile is the latency of a frame, the next one up where its rank is not whole', () => {
  expect(summarizeLatency(ramp(7))).toMatchObject({ median: 4, p90: 7, p99: 7, p999: 7 })
  expect(latencyAt(ramp(101), 990)).toBe(100)
  expect(latencyAt(ramp(10), 301)).toBe(4)
})

test('Frames in one bucket all have its latency', () => {
  const all = { min: 64, median: 64, p90: 64, p99: 64, p999: 64, max: 64 }
  expect(summarizeLatency([[64, 10_000_000]])).toEqual({ frames: 10_000_000, ...all })
})

test('One straggler in a thousand is the maximum and not p99.9, two are both', () => {
  const fast = 32_768
  const slow = 2_097_152
  expect(
    summarizeLatency([
      [fast, 999],
      [slow, 1],
    ]),
  ).toMatchObject({ p999: fast, max: slow })
  expect(
    summarizeLatency([
      [fast, 998],
      [slow, 2],
    ]),
  ).toMatchObject({ p99: fast, p999: slow, max: slow })
})

test('Empty buckets and no frames have no latency', () => {
  expect(summarizeLatency([])).toBeUndefined()
  expect(summarizeLatency([[64, 0]])).toBeUndefined()
  expect(latencyAt([], 500)).toBeUndefined()
  expect(
    summarizeLatency([
      [64, 0],
      [128, 5],
      [256, 0],
    ]),
  ).toMatchObject({ min: 128, max: 128 })
})

test('Histograms of several receivers merge into one, in order', () => {
  const merged = mergeHistograms([
    [
      [128, 2],
      [1024, 1],
    ],
    [],
    [
      [64, 3],
      [128, 5],
    ],
  ])
  // By number, not by text: '1024' comes before '64' in an alphabet.
  expect(merged).toEqual([
    [64, 3],
    [128, 7],
    [1024, 1],
  ])
  expect(mergeHistograms([])).toEqual([])
})
