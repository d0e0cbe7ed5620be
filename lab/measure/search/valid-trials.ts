/**
 * Takes trials until one is valid. An invalid trial is no loss of the DUT's, nor anything else of it: it is measured
 * again. When every attempt is invalid because the generator was too slow, that is what the generator can do; when
 * there is any other reason, the search cannot go on.
 */
import type { FrameRate } from '../../units/frame.ts'
import { seconds, type Seconds } from '../../units/seconds.ts'
import type { Ask } from './method.ts'
import type { InvalidTrial, ValidTrial } from './search-result.ts'
import { haste, lossRatio, type Measure, pace, type TrialResult } from './trial-result.ts'

export type Taken =
  | { readonly kind: 'valid'; readonly trial: ValidTrial }
  /** The generator missed the load at each attempt; frames per second that it reached at all of them. */
  | { readonly kind: 'short'; readonly reached: number; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'out-of-budget' }

export interface TakeOptions {
  /** Times that a trial is measured before it is given up. */
  readonly attempts: number
  /** Part of the load by which a generator may miss it in a valid trial. */
  readonly paceTolerance: number
  /** Effective seconds of all trials together; none begins that would exceed them. */
  readonly budget?: Seconds
}

interface Flaw {
  readonly reason: string
  /** Part of the load that the generator reached, where it was too slow. */
  readonly reached?: number
}

export class ValidTrials {
  readonly #measure: Measure
  readonly #options: TakeOptions
  #number = 0
  #sending = 0
  #spent = 0

  constructor(measure: Measure, options: TakeOptions) {
    this.#measure = measure
    this.#options = options
  }

  get spent(): Seconds {
    return seconds(this.#spent)
  }

  /** What a trial took so far beyond its duration, on average. */
  get overhead(): Seconds {
    return seconds(this.#number === 0 ? 0 : Math.max(0, this.#spent - this.#sending) / this.#number)
  }

  /** @param note is told of each invalid trial. */
  async take(ask: Ask, note: (trial: InvalidTrial) => void): Promise<Taken> {
    const flaws: Flaw[] = []
    while (flaws.length < this.#options.attempts) {
      const { budget } = this.#options
      if (budget !== undefined && this.#spent + ask.duration + this.overhead > budget)
        return { kind: 'out-of-budget' }
      const result = await this.#measure(ask.load, ask.duration)
      this.#count(ask, result)
      const flaw = this.#flawOf(ask, result)
      const trial = { ...result, ...ask, number: this.#number }
      if (!flaw) return { kind: 'valid', trial: { ...trial, lossRatio: lossRatio(result) } }
      note({ ...trial, invalid: flaw.reason })
      flaws.push(flaw)
    }
    return givenUp(ask.load, flaws)
  }

  #count({ load, duration }: Ask, { intended, effectiveDuration }: TrialResult): void {
    if (intended < 1)
      throw new RangeError(
        `a trial sends at least one frame; ${duration} s at ${load} frames per second are none: raise the lowest load`,
      )
    if (effectiveDuration <= 0)
      throw new RangeError(`a trial's effective duration is above 0 s; measure() said ${effectiveDuration} s`)
    this.#number += 1
    this.#sending += duration
    this.#spent += effectiveDuration
  }

  #flawOf({ load, duration }: Ask, result: TrialResult): Flaw | undefined {
    const { paceTolerance } = this.#options
    const reached = pace(duration, result)
    const rate = (part: number) => `${Math.round(load * part)} of ${Math.round(load)} frames per second`
    // Also where the measurer has its own words for it.
    if (!(reached >= 1 - paceTolerance))
      return { reason: result.invalid ?? `the generator sent ${rate(reached)}`, reached }
    if (result.invalid !== undefined) return { reason: result.invalid }
    const hasty = haste(duration, result)
    return hasty > 1 + paceTolerance ? { reason: `the generator sent ${rate(hasty)}` } : undefined
  }
}

function givenUp(load: FrameRate, flaws: readonly Flaw[]): Taken {
  const slow = flaws.flatMap(({ reached }) => (reached === undefined ? [] : [reached]))
  const reason = `${flaws.length} of ${flaws.length} trials at ${Math.round(load)} frames per second were invalid, the last one because ${flaws.at(-1)!.reason}`
  return slow.length === flaws.length
    ? { kind: 'short', reached: Math.min(...slow) * load, reason }
    : { kind: 'invalid', reason }
}
