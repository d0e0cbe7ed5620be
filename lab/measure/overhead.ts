/** What a trial takes beyond its load: many short ones are no faster than this allows. */
import type { Load } from '../generator/generator.ts'
import { seconds, type Seconds } from '../units/seconds.ts'

export interface Overhead {
  /** From the first preparation to the result: evidence and the wait for the last frame are in it. */
  readonly whole: Seconds
  /** The generator's part: to get ready, start, notice the end, and say what became of the frames. */
  readonly generator: Seconds
}

export class TrialClock {
  readonly #began = performance.now()
  #generatorMs = 0

  /** Counts as the generator's the time until it is done. */
  async ofGenerator<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    try {
      return await work()
    } finally {
      this.#generatorMs += performance.now() - began
    }
  }

  /** @param durationNs what the load took, which is its own time where it was to go as fast as it could. */
  beyond({ count, rate, then }: Pick<Load, 'count' | 'rate' | 'then'>, durationNs: number): Overhead {
    const first = then ? then.after : count
    const changedMs = then ? ((count - first) * 1000) / then.rate : 0
    const loadMs = rate === undefined ? durationNs / 1e6 : (first * 1000) / rate + changedMs
    // The last of N frames leaves after N - 1 intervals: a generator may be done a moment before the time is up.
    const rest = (ms: number) => seconds(Math.max(0, ms - loadMs) / 1000)
    return { whole: rest(performance.now() - this.#began), generator: rest(this.#generatorMs) }
  }
}
