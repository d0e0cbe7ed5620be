/** A load at a rate for a time: what benchmarks ask of a bed, and a search of its `measure`. */
import { type CpuUse, cpuUse, readCpuTimes } from '../evidence/cpu-use.ts'
import type { Redirect } from '../dut/redirect.ts'
import type { FrameKind, FrameRate, FrameSize } from '../units/frame.ts'
import { seconds, type Seconds } from '../units/seconds.ts'
import type { Lab } from './lab.ts'
import type { TrialResult } from './search/trial-result.ts'
import { runTrial, type Trial, type TrialOptions } from './trial.ts'

export interface TimedLoad {
  readonly size: FrameSize
  readonly frames: FrameKind
  /** Frames per second. */
  readonly rate: FrameRate
  readonly duration: Seconds
  /** And after that at another rate for a time. */
  readonly then?: { readonly rate: FrameRate; readonly duration: Seconds }
  readonly flows?: number
  /** Frames that leave in one go; the generator's choice when absent. */
  readonly burst?: number
  /** false: back to back. Rate and duration then say no more than how many frames. */
  readonly paced?: boolean
}

export interface RateTrial extends TrialResult {
  readonly load: TimedLoad
  readonly sendingTime: Seconds
  /** Of the DUT. On a virtual lab it shares them with the generator. */
  readonly cpus: readonly CpuUse[]
  readonly trial: Trial
}

/** Frames that are not the trial's, as part of those that are, above which the bed is not quiet. */
const STRAY = 0.001

/**
 * @param redirect attached already.
 * @throws AgentFailed, CommandFailed, Unsupported: the lab broke, which is no result.
 */
export async function runRateTrial(
  lab: Lab,
  redirect: Redirect,
  load: TimedLoad,
  options: Partial<TrialOptions> = {},
): Promise<RateTrial> {
  const began = performance.now()
  const first = Math.max(1, framesIn(load))
  const count = first + (load.then ? framesIn(load.then) : 0)
  const before = await readCpuTimes(lab.dut.host)
  const trial = await runTrial(
    lab,
    redirect,
    {
      size: load.size,
      frames: load.frames,
      count,
      verify: false,
      ...((load.paced ?? true) ? { rate: load.rate } : {}),
      ...(load.then === undefined ? {} : { then: { after: first, rate: load.then.rate } }),
      ...(load.burst === undefined ? {} : { burst: load.burst }),
      ...(load.flows === undefined ? {} : { flows: load.flows }),
    },
    { evidence: 'light', ...options },
  )
  const cpus = cpuUse(before, await readCpuTimes(lab.dut.host))
  const invalid = trial.invalid ?? strayTraffic(trial)
  return {
    load,
    intended: count,
    offered: trial.offered,
    forwarded: trial.ledger.received,
    sendingTime: seconds(trial.durationNs / 1e9),
    effectiveDuration: seconds((performance.now() - began) / 1000),
    cpus,
    trial,
    ...(invalid === undefined ? {} : { invalid }),
  }
}

type Sent = Pick<RateTrial, 'offered' | 'forwarded' | 'sendingTime'>

/** Frames per second that left the generator (RFC 2285 §3.5.2, offered load). */
export const offeredRate = ({ offered, sendingTime }: Omit<Sent, 'forwarded'>): number =>
  offered / sendingTime

/** Frames per second that came out of the DUT (RFC 2285 §3.6.1). */
export const forwardingRate = ({ forwarded, sendingTime }: Omit<Sent, 'offered'>): number =>
  forwarded / sendingTime

export const framesIn = ({ rate, duration }: Pick<TimedLoad, 'rate' | 'duration'>): number =>
  Math.round(rate * duration)

function strayTraffic({ answers, offered }: Trial): string | undefined {
  const { foreign } = answers.ingress
  return foreign > offered * STRAY
    ? `${foreign} frames of somebody else reached the DUT's ingress`
    : undefined
}
