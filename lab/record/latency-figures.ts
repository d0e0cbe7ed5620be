/** Latency at a load as figures to keep: five percentiles, each with its spread over the trials. */
import type { RateTrial } from '../measure/rate-trial.ts'
import { pace } from '../measure/search/trial-result.ts'
import { latencyOf } from '../measure/trial-latency.ts'
import { type LatencySummary, summarizeLatency } from '../stats/latency.ts'
import type { Figure, Quantity } from './measurement.ts'
import { repeatedFigure } from './repeated-figure.ts'

const PERCENTILES = {
  'latency-min': 'min',
  'latency-median': 'median',
  'latency-p99': 'p99',
  'latency-p999': 'p999',
  'latency-max': 'max',
} as const satisfies Partial<Record<Quantity, keyof LatencySummary>>

/** Less than this part of the load, and it is the latency of another load. */
const KEPT_UP = 0.98

/** Whether a trial says how long frames take at its load. */
export const tellsLatency = (trial: RateTrial): boolean => whyNot(trial) === undefined

/** @param atLoad like `50 % of PDR`. @param method how the load was found. */
export function latencyFigures(
  atLoad: string,
  trials: readonly RateTrial[],
  method: Figure['method'],
): Figure[] {
  const telling = trials.filter(tellsLatency)
  const summaries = telling
    .map(({ trial }) => summarizeLatency(latencyOf(trial)))
    .filter((one) => one !== undefined)
  const why = trials.map(whyNot).find((reason) => reason !== undefined) ?? 'no frame was timed'
  const about = {
    atLoad,
    seconds: sum(trials.map(({ effectiveDuration }) => effectiveDuration)),
    ...(summaries.length === 0 ? { invalid: why } : {}),
    method: {
      ...method,
      'load, frames/s': Math.round(trials[0]?.load.rate ?? 0),
      'offered, frames': sum(telling.map(({ offered }) => offered)),
      'received, frames': sum(telling.map(({ forwarded }) => forwarded)),
      'timed, frames': sum(summaries.map(({ frames }) => frames)),
      histogram: '16 buckets to each power of two, lower bounds',
      way: `one way, from the generator’s program to the receiver’s; ${inOneGo(trials[0])}`,
    },
  }
  return (Object.entries(PERCENTILES) as [keyof typeof PERCENTILES, keyof LatencySummary][]).map(
    ([quantity, field]) =>
      repeatedFigure(
        quantity,
        summaries.map((summary) => summary[field]),
        about,
      ),
  )
}

/** The same for a load that nobody knows. */
export function noLatencyFigures(atLoad: string, invalid: string): Figure[] {
  return [repeatedFigure('latency-median', [], { atLoad, seconds: 0, invalid, method: {} })]
}

function whyNot(trial: RateTrial): string | undefined {
  if (trial.invalid !== undefined) return trial.invalid
  const part = pace(trial.load.duration, trial)
  return part < KEPT_UP
    ? `the generator reached ${(part * 100).toFixed(0)} % of the load, ${inOneGo(trial)}`
    : undefined
}

function inOneGo(trial: RateTrial | undefined): string {
  const burst = trial?.load.burst ?? 1
  return burst === 1
    ? 'one frame at a time'
    : `${burst} frames at a time, the first of which waits for the last`
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
