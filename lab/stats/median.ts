/** The middle of samples and how far they lie from it, neither moved by a few spoiled runs. */

/** For a normal distribution the median absolute deviation times this is the standard deviation: 1 / Φ⁻¹(3/4). */
const AS_DEVIATION = 1.482_602_218_505_602

/** The mean of the two in the middle when they are even in number. @throws RangeError without samples. */
export function median(samples: readonly number[]): number {
  if (samples.length === 0) throw new RangeError('a median needs at least one sample')
  const sorted = samples.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** null without samples. */
export const medianOrNull = (samples: readonly number[]): number | null =>
  samples.length === 0 ? null : median(samples)

/**
 * Median absolute deviation, in the unit of the samples and scaled so that it estimates the standard deviation of
 * what is normally distributed. @throws RangeError without samples.
 */
export function deviation(samples: readonly number[]): number {
  const middle = median(samples)
  return AS_DEVIATION * median(samples.map((sample) => Math.abs(sample - middle)))
}
