/** How fast a redirect is: what the bed can offer at the most, and the highest loads below it that meet goals. */
import type { Redirect } from '../dut/redirect.ts'
import type { FrameKind, FrameRate, FrameSize } from '../units/frame.ts'
import { framesPerSecond, lineRate } from '../units/frame.ts'
import { percent } from '../units/ratio.ts'
import { seconds, type Seconds } from '../units/seconds.ts'
import type { Lab } from './lab.ts'
import { lineSpeedOf } from './line-speed.ts'
import { offeredRate, type RateTrial, runRateTrial, type TimedLoad } from './rate-trial.ts'
import type { Goal } from './search/goal.ts'
import type { Limits } from './search/load-grid.ts'
import { search } from './search/search.ts'
import type { SearchProgress, SearchResult } from './search/search-result.ts'
import type { TrialOptions } from './trial.ts'

export interface Subject {
  readonly redirect: Redirect
  readonly size: FrameSize
  readonly frames: FrameKind
  readonly options?: Partial<TrialOptions>
  readonly flows?: number
  /** Frames that leave the generator in one go. */
  readonly burst?: number
}

/** Told of each trial as it ends, and what it was for. */
export type OnTrial = (trial: RateTrial, purpose: string) => void

/** The lowest load of a search is this part of the highest: below it a trial has too few frames to judge by. */
const RANGE = 10
/** A generator that fell short does not always reach again what it has just reached. */
const SURE = 0.8
/** More than any soft generator reaches while it keeps to a rate. */
const OUT_OF_REACH = framesPerSecond(10_000_000)
/** About what a soft generator offers that keeps to no rate: how many frames it is given before that is known. */
const UNPACED = framesPerSecond(4_000_000)
const TRIAL = seconds(1)
const SHORT_TRIAL = seconds(0.3)
/** A generator that reached less than this of the highest load cannot be relied on for it. */
const MISSED = percent(2)

/**
 * The highest load that the generator can be relied on to offer at a rate, and one that is too low to be the answer.
 *
 * @throws what `runRateTrial` throws.
 */
export async function loadLimits(lab: Lab, subject: Subject, onTrial: OnTrial): Promise<Limits> {
  const most = lineRateFor(lab, subject) ?? OUT_OF_REACH
  const trial = await trialAt(lab, subject, most, SHORT_TRIAL)
  onTrial(trial, 'ceiling of the generator')
  const rate = offeredRate(trial)
  const max = trial.invalid === undefined && rate >= most * (1 - MISSED) ? most : Math.min(most, SURE * rate)
  return { min: framesPerSecond(max / RANGE), max: framesPerSecond(max) }
}

/** What the line of the sending port carries, where the generator may reach it; undefined for the soft one. */
function lineRateFor(lab: Lab, { redirect, size }: Subject): FrameRate | undefined {
  const line = lineSpeedOf(lab, lab.cables[redirect.spec.from ?? 'ingress']!)
  return lab.generator.kind === 'trex' && line !== undefined ? lineRate(size, line) : undefined
}

/** Maximum offered load (RFC 2285 §3.5.3): what the generator offers when it goes as fast as it can. */
export type MaximumLoad = Pick<TimedLoad, 'rate' | 'paced'>

/**
 * The soft generator offers most when it keeps to no rate; one that sends at line rate, or that would only take longer
 * for more than it can, when it keeps to the highest load of a search.
 *
 * @param known limits of a search, where they have been found already.
 * @throws what `runRateTrial` throws.
 */
export async function maximumLoad(
  lab: Lab,
  subject: Subject,
  onTrial: OnTrial,
  known?: Limits,
): Promise<MaximumLoad> {
  if (lab.generator.kind === 'trex') return { rate: (known ?? (await loadLimits(lab, subject, onTrial))).max }
  const trial = await trialAt(lab, subject, UNPACED, SHORT_TRIAL, { paced: false })
  onTrial(trial, 'maximum offered load')
  return { rate: framesPerSecond(offeredRate(trial)), paced: false }
}

/**
 * Trials at the maximum offered load: the rate that they forward at is the maximum receive rate of FD.io CSIT (RFC
 * 2285 §3.6.2: forwarding rate at maximum offered load).
 *
 * @returns those that were valid and forwarded something.
 */
export async function trialsAtMost(
  lab: Lab,
  subject: Subject,
  load: MaximumLoad,
  trials: number,
  onTrial: OnTrial,
  duration: Seconds = TRIAL,
): Promise<RateTrial[]> {
  return trialsAt(lab, subject, load, { trials, purpose: 'maximum receive rate', onTrial, duration })
}

/** Which of several trials at the maximum counts. */
export type Telling = 'median' | 'fastest'

/** Where the generator has no CPU or port to itself, whatever else the machine does makes trials slower and never faster. */
export const tellingOn = ({ generator }: Lab): Telling =>
  generator.missesRateBy === undefined ? 'median' : 'fastest'

/** @returns those that were valid and forwarded something. */
async function trialsAt(
  lab: Lab,
  subject: Subject,
  { rate, paced }: MaximumLoad,
  {
    trials,
    purpose,
    onTrial,
    duration = TRIAL,
  }: { trials: number; purpose: string; onTrial: OnTrial; duration?: Seconds },
): Promise<RateTrial[]> {
  const valid: RateTrial[] = []
  for (let number = 0; number < trials; number++) {
    const trial = await trialAt(lab, subject, rate, duration, paced === undefined ? {} : { paced })
    onTrial(trial, purpose)
    if (trial.invalid === undefined && trial.forwarded > 0) valid.push(trial)
  }
  return valid
}

export interface SearchSettings {
  readonly goals: readonly Goal[]
  /** Seconds of trials. */
  readonly budget?: Seconds
  readonly onTrial: OnTrial
  readonly onProgress?: (progress: SearchProgress) => void
}

/** @throws what `runRateTrial` throws. */
export function searchThroughput(
  lab: Lab,
  subject: Subject,
  limits: Limits,
  { goals, budget, onTrial, onProgress }: SearchSettings,
): Promise<SearchResult> {
  return search(
    goals,
    limits,
    async (rate, duration) => {
      const trial = await trialAt(lab, subject, rate, duration)
      onTrial(trial, 'search')
      return trial
    },
    {
      ...(lab.generator.missesRateBy === undefined ? {} : { paceTolerance: lab.generator.missesRateBy }),
      ...(budget === undefined ? {} : { budget }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  )
}

const FLOOR_TRIALS = 3

/**
 * Trials at the lowest load of a search, where one of its goals has no lower bound: what is lost there, and why, is
 * the answer then.
 *
 * @param seen trials of the search; where none of them was at the lowest load, a few are made.
 * @returns valid ones; none where each goal has a lower bound.
 */
export async function trialsAtFloor(
  lab: Lab,
  subject: Subject,
  { goals, limits: { min } }: SearchResult,
  seen: readonly RateTrial[],
  onTrial: OnTrial,
): Promise<RateTrial[]> {
  if (goals.every(({ lower, unfinished }) => lower ?? unfinished?.lower)) return []
  const there = seen.filter(({ load, invalid }) => load.rate === min && invalid === undefined)
  if (there.length > 0) return there
  return trialsAt(lab, subject, { rate: min }, { trials: FLOOR_TRIALS, purpose: 'lowest load', onTrial })
}

/** @throws what `runRateTrial` throws. */
export function trialAt(
  lab: Lab,
  { redirect, options, ...frames }: Subject,
  rate: FrameRate,
  duration: Seconds,
  how: Pick<TimedLoad, 'paced'> = {},
): Promise<RateTrial> {
  return runRateTrial(lab, redirect, { ...frames, ...how, rate, duration }, options)
}
