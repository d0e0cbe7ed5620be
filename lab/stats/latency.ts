/** What a histogram of latencies says in a few numbers. */
export interface LatencySummary {
  readonly frames: number
  /** Nanoseconds; of a bucket, its lower bound. */
  readonly min: number
  readonly median: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** @param buckets [lower bound in ns, frames]. @returns null without a frame. */
export function latencySummary(buckets: readonly (readonly [number, number])[]): LatencySummary | null {
  const filled = buckets.filter(([, frames]) => frames > 0).toSorted(([a], [b]) => a - b)
  const frames = filled.reduce((sum, [, count]) => sum + count, 0)
  if (frames === 0) return null
  const at = (part: number) => {
    let below = 0
    for (const [floor, count] of filled) {
      below += count
      if (below >= part * frames) return floor
    }
    return filled.at(-1)![0]
  }
  return {
    frames,
    min: filled[0]![0],
    median: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: filled.at(-1)![0],
  }
}
