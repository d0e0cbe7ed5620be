/** A trial at more than the DUT can take, and the cycles of the CPU that receives meanwhile. */
import { setTimeout as delay } from 'node:timers/promises'
import type { CpuUse } from '../evidence/cpu-use.ts'
import { countCycles, type CycleRate } from '../evidence/cycles.ts'
import type { Redirect } from '../dut/redirect.ts'
import { ACTIONS } from '../units/redirect.ts'
import { seconds } from '../units/seconds.ts'
import { type FrameCost, frameCost, workOf } from './cost.ts'
import type { Lab } from './lab.ts'
import { type RateTrial, runRateTrial } from './rate-trial.ts'
import type { MaximumLoad, Subject } from './throughput.ts'

/** Four million frames, which take most of half a second on a virtual lab. */
const TRIAL = seconds(1)
/** Cycles are counted well within that. */
const COUNTED_S = 0.1
/** As many as the receive ring of a veth port holds: the ring never runs dry, and one wake-up does for all of them. */
const BURST = 256
const LOOK_MS = 10

export interface CostTrial {
  readonly trial: RateTrial
  /** Absent when no frame was taken, or the trial is invalid. */
  readonly cost?: FrameCost
  readonly cycles: CycleRate
}

/**
 * @param cpu whose cycles are counted; undefined when nobody knows which one receives.
 * @throws what `runRateTrial` throws.
 */
export async function runCostTrial(
  lab: Lab,
  subject: Subject,
  most: MaximumLoad,
  cpu: number | undefined,
): Promise<CostTrial> {
  const over = new AbortController()
  const counting = cyclesUnderLoad(lab, subject.redirect, cpu, over.signal)
  const { redirect, size, frames, options } = subject
  const load = { size, frames, ...most, duration: TRIAL, burst: BURST }
  const trial = await runRateTrial(lab, redirect, load, options).finally(() => over.abort())
  const cycles = await counting
  const cost = trial.invalid === undefined ? frameCost(workOf(trial)) : undefined
  return { trial, cycles, ...(cost === undefined ? {} : { cost }) }
}

/** The CPU that a topology pins the ingress port's polling to; else the one that was in softirqs most. */
export function receivingCpu({ loaded, dut }: Lab, cpus: readonly CpuUse[]): number | undefined {
  const pinned = loaded.topology.tuning?.napi?.cpus?.['ingress']
  if (pinned !== undefined) return pinned
  const [most] = cpus.toSorted((a, b) => b.softirq - a.softirq)
  return most && most.cpu < dut.cpus ? most.cpu : undefined
}

async function cyclesUnderLoad(
  { dut }: Lab,
  redirect: Redirect,
  cpu: number | undefined,
  over: AbortSignal,
): Promise<CycleRate> {
  if (cpu === undefined) return { unknown: 'nobody knows which CPU receives' }
  for (;;) {
    if (over.aborted) return { unknown: 'no frame was taken' }
    const { ingress } = await redirect.answers()
    if (ACTIONS.some((action) => ingress[action] > 0)) break
    await delay(LOOK_MS)
  }
  return countCycles(dut.host, cpu, COUNTED_S)
}
