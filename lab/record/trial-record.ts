/** A trial of a benchmark as a line of `trials.jsonl` in the run's folder. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { summarizeLatency } from '../stats/latency.ts'
import type { RateTrial } from '../measure/rate-trial.ts'
import { STAGES } from '../measure/reasons.ts'
import { latencyOf } from '../measure/trial-latency.ts'
import { BenchCell } from './measurement.ts'
import type { RunFolder } from './run-folder.ts'

const count = z.number().int()

export const TrialRecord = z.object({
  schema: z.literal(1),
  /** When it was over, ISO 8601. */
  at: z.iso.datetime(),
  suite: z.string(),
  cell: BenchCell,
  /** What it was for: `search`, `ceiling`, `50 % of PDR`. */
  purpose: z.string(),
  /** Frames per second and seconds that were asked for. */
  rate: z.number(),
  duration: z.number(),
  intended: count,
  offered: count,
  /** Frames that arrived where they should. */
  received: count,
  /** Seconds from the first frame sent to the last, and of the trial as a whole. */
  sendingTime: z.number(),
  effectiveDuration: z.number(),
  /** Seconds that it took beyond its load, and the generator's part of them. */
  overhead: z.object({ whole: z.number(), generator: z.number() }).optional(),
  lost: z.array(z.object({ stage: z.enum(STAGES), reason: z.string(), count })),
  unexplained: count,
  /** Nanoseconds; null where the generator takes none. */
  latency: z
    .object({ min: count, median: count, p90: count, p99: count, p999: count, max: count, frames: count })
    .nullable(),
  /** Parts of the time that each CPU of the DUT was busy, and in softirqs. */
  cpus: z.array(z.object({ cpu: count, busy: z.number(), softirq: z.number() })),
  invalid: z.string().optional(),
})
export type TrialRecord = Readonly<z.infer<typeof TrialRecord>>

export function trialRecord(
  about: Pick<TrialRecord, 'suite' | 'cell' | 'purpose'>,
  { load, trial, cpus, sendingTime, effectiveDuration, invalid }: RateTrial,
): TrialRecord {
  return {
    schema: 1,
    at: new Date().toISOString(),
    ...about,
    rate: load.rate,
    duration: load.duration,
    intended: trial.intended,
    offered: trial.offered,
    received: trial.ledger.received,
    sendingTime,
    effectiveDuration,
    overhead: trial.overhead,
    lost: trial.ledger.lost.map(({ stage, reason, count: frames }) => ({ stage, reason, count: frames })),
    unexplained: trial.ledger.unexplained,
    latency: summarizeLatency(latencyOf(trial)) ?? null,
    cpus: [...cpus],
    ...(invalid === undefined ? {} : { invalid }),
  }
}

/** Written at once: what is finished survives whatever comes next. */
export function appendTrial({ path }: RunFolder, record: TrialRecord): void {
  appendFileSync(join(path, 'trials.jsonl'), `${JSON.stringify(record)}\n`)
}
