/**
 * Latencies as histograms: frames by bucket, as the agent counts them in 16 buckets to each power of two. What comes
 * out is the lower edge of a bucket, so the latency itself is up to a sixteenth longer.
 */

/** [Lower edge of the bucket in nanoseconds, frames], ascending. */
export type Histogram = readonly (readonly [number, number])[]

/** In nanoseconds. */
export interface LatencySummary {
  /** Frames whose latency was taken. */
  readonly frames: number
  readonly min: number
  readonly median: number
  readonly p90: number
  readonly p99: number
  /** Of fewer than 1,000 frames the same as `max`. */
  readonly p999: number
  readonly max: number
}

/** undefined of no frames. */
export function summarizeLatency(histogram: Histogram): LatencySummary | undefined {
  const frames = framesOf(histogram)
  if (frames === 0) return undefined
  const at = (perMille: number) => latencyAt(histogram, perMille)!
  return { frames, min: at(0), median: at(500), p90: at(900), p99: at(990), p999: at(999), max: at(1000) }
}

/**
 * The latency that so many of 1000 frames do not exceed (nearest rank: the latency of a frame, never between two);
 * undefined of no frames.
 *
 * @param perMille from 0, which is the least latency, to 1000.
 */
export function latencyAt(histogram: Histogram, perMille: number): number | undefined {
  // In whole numbers: 0.999 × 1000 need not be 999 in floating point.
  const rank = Math.max(1, Math.ceil((framesOf(histogram) * perMille) / 1000))
  let below = 0
  return histogram.find(([, frames]) => (below += frames) >= rank)?.[0]
}

/** Of several trials or receivers, as if one had counted them all. */
export function mergeHistograms(histograms: readonly Histogram[]): [number, number][] {
  const merged = new Map<number, number>()
  for (const [floor, frames] of histograms.flat()) merged.set(floor, (merged.get(floor) ?? 0) + frames)
  return [...merged].sort(([a], [b]) => a - b)
}

const framesOf = (histogram: Histogram): number => histogram.reduce((sum, [, frames]) => sum + frames, 0)
