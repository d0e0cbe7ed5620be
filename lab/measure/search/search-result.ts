/** What a search found. */
import type { FrameRate } from '../../units/frame.ts'
import type { Ratio } from '../../units/ratio.ts'
import type { Seconds } from '../../units/seconds.ts'
import type { Goal } from './goal.ts'
import type { Limits } from './load-grid.ts'
import type { TrialResult } from './trial-result.ts'

/** A trial that a search asked for and that says something about the DUT. */
export interface ValidTrial extends TrialResult {
  /** From 1, in the order of the trials. */
  readonly number: number
  readonly load: FrameRate
  /** Asked for. */
  readonly duration: Seconds
  /** Names of the goals that asked for it; all of them for the first ones. */
  readonly goals: readonly string[]
  readonly lossRatio: Ratio
}

/** A trial that says nothing about the DUT: it counts for no bound. */
export interface InvalidTrial extends Omit<ValidTrial, 'lossRatio'> {
  readonly invalid: string
}

/** Where the search for a goal stood after a trial. */
export interface Standing {
  /** Name of the goal. */
  readonly goal: string
  /**
   * By the target that was pursued then, or the one before it: mostly coarser ones than the goal. null while there is
   * none.
   */
  readonly lower: FrameRate | null
  readonly upper: FrameRate | null
  readonly arrived: boolean
}

/** One dot in the picture of a search. */
export type SearchTrial = (ValidTrial | InvalidTrial) & { readonly standings: readonly Standing[] }

/** A load that was judged, and what it was judged by. */
export interface Bound {
  readonly load: FrameRate
  /** What the generator offered there, on average. */
  readonly offeredRate: FrameRate
  /** Valid trials there, and those that lost more than the goal allows. */
  readonly trials: number
  readonly badTrials: number
}

/**
 * at-ceiling: the highest load is a lower bound, so the DUT does at least this. below-floor: even the lowest load
 * is an upper bound; of `offered` frames there, in full-length trials, `lost` were missing.
 */
export type Irregular =
  | { readonly kind: 'at-ceiling' }
  | { readonly kind: 'below-floor'; readonly lost: number; readonly offered: number }

export interface GoalResult {
  readonly goal: Goal
  /** The relevant bounds by the goal's own criterion; null where there is none. */
  readonly lower: Bound | null
  readonly upper: Bound | null
  /** What the DUT forwarded at the lower bound, in frames per second; null without one. */
  readonly conditionalThroughput: FrameRate | null
  /** Valid trials that it asked for, those at the start included. */
  readonly trials: number
  readonly irregular?: Irregular
  /** The search ended before the bounds were as close as the goal asks: where they stood. */
  readonly unfinished?: { readonly lower: FrameRate | null; readonly upper: FrameRate | null }
}

/**
 * complete: every goal has its bounds, or is irregular. out-of-budget: the next trial would have taken more time than
 * was left. invalid: a trial stayed invalid however often it was repeated.
 */
export type Ending =
  | { readonly kind: 'complete' }
  | { readonly kind: 'out-of-budget' }
  | { readonly kind: 'invalid'; readonly reason: string }

export interface SearchResult {
  readonly ending: Ending
  /** In the order of the goals. */
  readonly goals: readonly GoalResult[]
  /** Every trial in order, the invalid ones too. */
  readonly trials: readonly SearchTrial[]
  /** The loads that were allowed; a generator that did not reach the highest one has lowered it. */
  readonly limits: Limits
  readonly ceiling: 'limit' | 'generator'
  /** Effective durations of all trials. */
  readonly spent: Seconds
}

/** What an observer is told after each trial. */
export interface SearchProgress {
  readonly trial: SearchTrial
  readonly spent: Seconds
  /** An estimate, which takes the DUT for a steady one; null before the first valid trial. */
  readonly rest: Seconds | null
}
