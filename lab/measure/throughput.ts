/** How fast a redirect is: what the bed can offer at the most, and the highest loads below it that meet goals. */
import type { Redirect } from '../dut/redirect.ts'
import type { FrameKind, FrameRate, FrameSize } from '../units/frame.ts'
import { framesPerSecond, lineRate } from '../units/frame.ts'
import { percent } from '../units/ratio.ts'
import { seconds, type Seconds } from '../units/seconds.ts'
import type { Lab } from './lab.ts'
import { lineSpeedOf } from './line-speed.ts'
import { type RateTrial, runRateTrial } from './rate-trial.ts'
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
/** A generator does not always reach what it has just reached. */
const SURE = 0.8
/** More than any generator reaches, so that it goes as fast as it can; the paced source of a virtual lab does half of it. */
export const OUT_OF_REACH = framesPerSecond(4_000_000)
const TRIAL = seconds(1)
/** A generator that reached less than this of the highest load cannot be relied on for it. */
const MISSED = percent(2)

/**
 * The highest load that the generator can be relied on to offer, and one that is too low to be the answer.
 *
 * @throws what `runRateTrial` throws.
 */
export async function loadLimits(lab: Lab, subject: Subject, onTrial: OnTrial): Promise<Limits> {
  const most = lineRateFor(lab, subject) ?? OUT_OF_REACH
  const trial = await trialAt(lab, subject, most, seconds(TRIAL / 2))
  onTrial(trial, 'ceiling of the generator')
  const max = framesPerSecond(Math.min(most, (SURE * trial.offered) / trial.sendingTime))
  return { min: framesPerSecond(max / RANGE), max }
}

/** What the line of the sending port carries, where the generator may reach it; undefined for the soft one. */
function lineRateFor(lab: Lab, { redirect, size }: Subject): FrameRate | undefined {
  const line = lineSpeedOf(lab, lab.cables[redirect.spec.from ?? 'ingress']!)
  return lab.generator.kind === 'trex' && line !== undefined ? lineRate(size, line) : undefined
}

/** The same limits, lower where the generator has since reached less than the highest load. */
export function reached(limits: Limits, trials: readonly RateTrial[]): Limits {
  const rates = trials.map(({ offered, sendingTime }) => offered / sendingTime)
  const least = Math.min(...rates)
  const max = least < limits.max * (1 - MISSED) ? framesPerSecond(SURE * least) : limits.max
  return { min: framesPerSecond(max / RANGE), max }
}

/**
 * Trials at the highest load: the rate that they forward at is the maximum receive rate of FD.io CSIT (RFC 2285
 * §3.6.2: forwarding rate at maximum offered load).
 *
 * @returns those that were valid and forwarded something.
 */
export async function trialsAtMost(
  lab: Lab,
  subject: Subject,
  { max }: Limits,
  trials: number,
  onTrial: OnTrial,
  duration: Seconds = TRIAL,
): Promise<RateTrial[]> {
  return trialsAt(lab, subject, max, { trials, purpose: 'maximum receive rate', onTrial, duration })
}

/** @returns those that were valid and forwarded something. */
async function trialsAt(
  lab: Lab,
  subject: Subject,
  rate: FrameRate,
  {
    trials,
    purpose,
    onTrial,
    duration = TRIAL,
  }: { trials: number; purpose: string; onTrial: OnTrial; duration?: Seconds },
): Promise<RateTrial[]> {
  const valid: RateTrial[] = []
  for (let number = 0; number < trials; number++) {
    const trial = await trialAt(lab, subject, rate, duration)
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
  return trialsAt(lab, subject, min, { trials: FLOOR_TRIALS, purpose: 'lowest load', onTrial })
}

/** @throws what `runRateTrial` throws. */
export function trialAt(
  lab: Lab,
  { redirect, options, ...frames }: Subject,
  rate: FrameRate,
  duration: Seconds,
): Promise<RateTrial> {
  return runRateTrial(lab, redirect, { ...frames, rate, duration }, options)
}
