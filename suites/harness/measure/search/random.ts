/** Chance that repeats: the same seed, the same deviates. */
export interface Random {
  /** From 0 to below 1. */
  readonly uniform: () => number
  readonly normal: () => number
  /** The mean should be a small one. */
  readonly poisson: (mean: number) => number
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  /** mulberry32, Tommy Ettinger, public domain. */
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    uniform,
    /** Box and Muller. */
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    /** Knuth. */
    poisson: (mean) => {
      const end = Math.exp(-mean)
      let count = 0
      for (let product = uniform(); product > end; product *= uniform()) count += 1
      return count
    },
  }
}
