/**
 * How long a redirect goes on losing frames when an overload has ended (RFC 2544 §26.5): from the moment at which the
 * rate falls to the last frame lost because of it.
 */
import type { Losses } from '../remote/losses.ts'
import type { FrameRate } from '../units/frame.ts'
import { seconds } from '../units/seconds.ts'
import type { Lab } from './lab.ts'
import { framesIn, type RateTrial, runRateTrial } from './rate-trial.ts'
import type { Subject } from './throughput.ts'

/** RFC 2544 has at least 60 s; a ring is full after milliseconds. */
export const OVERLOAD = seconds(1)
export const AFTERWARDS = seconds(0.5)
/** Without a loss for so long it has recovered: one that comes later is the bed's, not the overload's. */
export const QUIET = seconds(0.01)

export interface Recovery {
  readonly trial: RateTrial
  /** Nanoseconds; null for a trial that says nothing. */
  readonly ns: number | null
  /** By so many nanoseconds it may be shorter; absent where it is known to the frame. */
  readonly withinNs?: number
  /** Frames lost until then, and after it. */
  readonly losses: Losses
  /** Why it says nothing. */
  readonly invalid?: string
}

/** @throws what `runRateTrial` throws. */
export async function runRecovery(
  lab: Lab,
  { redirect, options, ...frames }: Subject,
  { overload, reduced }: { readonly overload: FrameRate; readonly reduced: FrameRate },
): Promise<Recovery> {
  const afterwards = { rate: reduced, duration: AFTERWARDS }
  const load = { ...frames, rate: overload, duration: OVERLOAD, then: afterwards }
  const trial = await runRateTrial(lab, redirect, load, options)
  const asked = { from: framesIn(load), whole: framesIn({ rate: reduced, duration: QUIET }) }
  const losses = options?.sockets
    ? await options.sockets.losses(asked)
    : (await lab.generator.losses(asked))[trial.trial.receivers[0]!]!
  return { trial, losses, ...recoveryOf(trial, losses, asked.from) }
}

/** @param from sequence number of the first frame at the lower rate. */
export function recoveryOf(
  {
    invalid,
    intended,
    trial: { thenDurationNs },
  }: Pick<RateTrial, 'invalid' | 'intended'> & {
    readonly trial: Pick<RateTrial['trial'], 'thenDurationNs'>
  },
  { before, during, end, within, later }: Losses,
  from: number,
): Pick<Recovery, 'ns' | 'withinNs' | 'invalid'> {
  const reason =
    invalid ??
    (thenDurationNs === undefined ? 'the generator did not change its rate' : undefined) ??
    (before === 0 ? 'no frame was lost before the rate fell: that was no overload' : undefined) ??
    (end === intended && during > 0 && later === 0 ? 'frames were lost to the end' : undefined)
  if (reason !== undefined) return { ns: null, invalid: reason }
  const perFrame = thenDurationNs! / (intended - from)
  return { ns: (end - from) * perFrame, ...(within > 0 ? { withinNs: within * perFrame } : {}) }
}
