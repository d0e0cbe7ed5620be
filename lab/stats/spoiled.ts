/** Tells runs that something else disturbed from the spread that every run has. */
import { deviation, median } from './median.ts'

export interface Sorted {
  readonly kept: readonly number[]
  readonly spoiled: readonly number[]
}

/** Distance from the middle, in deviations, that normal noise reaches once in a million times. */
const DEVIATIONS = 5
/** More than one in five is no accident but a second way in which the thing behaves. */
const LARGEST_SHARE = 0.2

/**
 * Samples far from the median of all, in deviations and as a share of the median, are spoiled. When they are more than
 * one in five, none is: then there are two levels, and both count.
 *
 * Looks at one side of a comparison alone, so that it favours neither.
 *
 * @param leastDistance share of the median below which no sample is spoiled, however small the spread: 0.02 for 2 %
 * @throws RangeError without samples
 */
export function sortOutSpoiled(samples: readonly number[], leastDistance: number): Sorted {
  const middle = median(samples)
  const far = Math.max(DEVIATIONS * deviation(samples), leastDistance * Math.abs(middle))
  const isFar = (sample: number) => Math.abs(sample - middle) > far
  const spoiled = samples.filter(isFar)
  if (spoiled.length > LARGEST_SHARE * samples.length) return { kept: samples, spoiled: [] }
  return { kept: samples.filter((sample) => !isFar(sample)), spoiled }
}
