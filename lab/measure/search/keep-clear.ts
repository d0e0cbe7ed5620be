import type { Step } from './load-grid.ts'
import type { Bounds } from './measured-loads.ts'
import { splitInterval } from './split-interval.ts'

/**
 * The load to measure in place of `load`, so that it lies between the bounds and at least `width` away from them: a
 * trial right beside a known bound tells little. Where a bound is missing the limit, 0 or `top`, stands in for it,
 * and a load close to a limit becomes the limit.
 *
 * @returns undefined where no load is worth a trial.
 */
export function keepClear(load: Step, width: Step, { lower, upper }: Bounds, top: Step): Step | undefined {
  const low = lower ?? 0
  const high = upper ?? top
  if (low >= high || (lower !== undefined && load <= lower) || (upper !== undefined && load >= upper))
    return undefined
  if (width >= high - low) return lower === undefined ? low : upper === undefined ? high : undefined
  const narrow = high - low < 2 * width
  const clearOfLow = narrow ? splitInterval(low, high, width) : low + width
  const clearOfHigh = narrow ? clearOfLow : high - width
  if (load < clearOfLow) return lower === undefined ? low : clearOfLow
  if (load > clearOfHigh) return upper === undefined ? high : clearOfHigh
  return load
}
