/** What a search needs to know of one trial, whoever measured it. */
import type { FrameRate } from '../../units/frame.ts'
import { ratio, type Ratio } from '../../units/ratio.ts'
import type { Seconds } from '../../units/seconds.ts'

export interface TrialResult {
  /** Frames that should have left the generator: load × duration, rounded as the generator does. */
  readonly intended: number
  /** Frames that did. */
  readonly offered: number
  /** Frames that came out where they should. */
  readonly forwarded: number
  /** From the first frame sent to the last, as measured; the duration asked for when absent. */
  readonly sendingTime?: Seconds
  /**
   * What the trial counts in duration sums and budgets, above zero: as a rule the time until its result was there,
   * waiting included (draft-ietf-bmwg-mlrsearch-15, Trial Effective Duration).
   */
  readonly effectiveDuration: Seconds
  /** Why it says nothing about the DUT; absent for a valid trial. */
  readonly invalid?: string
}

/**
 * Offers a load for so long and counts.
 *
 * @throws what says that the lab broke; the search lets it through.
 */
export type Measure = (load: FrameRate, duration: Seconds) => Promise<TrialResult>

/**
 * Part of the offered frames that is missing. More forwarded than offered is as far from clean as a loss of as many
 * (so has CSIT). What was never offered is not in it: it is the generator's.
 */
export function lossRatio({ offered, forwarded }: TrialResult): Ratio {
  return ratio(Math.min(1, Math.abs(offered - forwarded) / offered))
}

/** Part of the load that was really offered, by frames and by time: 1 where the generator kept up. */
export function pace(duration: Seconds, { intended, offered, sendingTime = duration }: TrialResult): number {
  return (offered / intended) * (duration / Math.max(duration, sendingTime))
}

/** As `pace`, above 1 where the generator went too fast. n frames span n - 1 gaps. */
export function haste(duration: Seconds, { intended, offered, sendingTime = duration }: TrialResult): number {
  return ((offered - 1) / intended) * (duration / sendingTime)
}
