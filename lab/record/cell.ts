/** One row of a run: what was tried, what became of the frames, and the verdict. */
import { z } from 'zod'
import { FRAME_KINDS } from '../units/frame.ts'
import { MODES, TARGETS } from '../units/redirect.ts'
import { UNTOLD } from '../generator/generator.ts'
import type { Trial } from '../measure/trial.ts'
import { STAGES } from '../measure/reasons.ts'
import { latencyAt } from '../stats/latency.ts'
import { wayOf } from './way-text.ts'

/** Of a functional run. `infra`: the lab broke, which says nothing about the DUT. */
export const CELL_VERDICTS = ['ok', 'failed', 'skipped', 'infra'] as const
export type CellVerdict = (typeof CELL_VERDICTS)[number]

/** Of a test that a run made several times: what is most in need of a look comes first. */
const BY_WEIGHT = ['failed', 'infra', 'ok', 'skipped'] as const satisfies CellVerdict[]

export const weightier = (one: CellVerdict, other: CellVerdict): CellVerdict =>
  BY_WEIGHT.find((verdict) => verdict === one || verdict === other)!

const count = z.number().int()

/** A condition caused on purpose: who was to say so, and who did. */
export const DropRecord = z.object({
  condition: z.string(),
  target: z.enum(TARGETS),
  /** null for what concerns no frame: a map that refuses an entry. */
  frames: z.enum(FRAME_KINDS).nullable(),
  mode: z.enum(MODES).nullable(),
  offered: count,
  /** As the ledger or the kernel's refusal names it: `redirect: ENETDOWN`, `EINVAL`. */
  reason: z.string(),
  /** null where it is as many as are missing, and that never came to be counted. */
  expected: count.nullable(),
  /** Tracepoint or counter that tells of it. */
  says: z.string(),
  seen: z.object({ bpftrace: count.nullable(), perf: count.nullable(), counters: count.nullable() }),
})
export type DropRecord = Readonly<z.infer<typeof DropRecord>>

export const CellRecord = z.object({
  schema: z.literal(1),
  suite: z.string(),
  title: z.string(),
  /** One of a target's table, in which every frame has to arrive; other tests may lose frames on purpose. */
  table: z.boolean(),
  /** What it is about, whether or not it came to a trial; null when that is no single kind of redirect. */
  about: z.object({ target: z.enum(TARGETS), frames: z.enum(FRAME_KINDS), mode: z.enum(MODES) }).nullable(),
  /** null for a test that made no trial. */
  cell: z
    .object({ target: z.enum(TARGETS), frames: z.enum(FRAME_KINDS), mode: z.enum(MODES), size: count })
    .nullable(),
  /** Roles of the DUT's ports that frames went by; absent where its test names none. */
  way: z.object({ from: z.string(), to: z.string() }).optional(),
  offered: count,
  received: count,
  lost: z.array(z.object({ stage: z.enum(STAGES), reason: z.string(), count })),
  unexplained: count,
  /** Frames per second that left the generator. */
  rate: z.number().nullable(),
  /** Frames that a bulk held on average; null where the kernel does not say. */
  bulkAverage: z.number().nullable(),
  /** Median of the latency in nanoseconds, as one way through the bed. */
  latencyNs: z.number().nullable(),
  verdict: z.enum(CELL_VERDICTS),
  /** Seconds that its trial took beyond the load, and the generator's part of them. */
  overhead: z.object({ whole: z.number(), generator: z.number() }).optional(),
  /** Why it is not ok, first line. */
  message: z.string().optional(),
  /** What the kernel or the driver refused, as is documented of it. */
  refused: z.string().optional(),
  /** What nobody told of the frames that arrived, so that nothing is claimed of it. */
  untold: z.array(z.enum(UNTOLD)).optional(),
  /** Of a row of the suite `drops`. */
  drop: DropRecord.optional(),
})
export type CellRecord = Readonly<z.infer<typeof CellRecord>>

/** What a trial says of its cell, without what only its test knows. */
export type CellOutcome = Omit<
  CellRecord,
  'suite' | 'title' | 'table' | 'verdict' | 'message' | 'refused' | 'drop'
>

export function cellOutcome(trial: Trial): CellOutcome {
  const { redirect, load, ledger } = trial
  const way = wayOf(redirect)
  const about = { target: redirect.target, frames: load.frames, mode: redirect.mode }
  return {
    schema: 1,
    about,
    cell: { ...about, size: load.size },
    ...(way && { way }),
    offered: trial.offered,
    received: ledger.received,
    lost: ledger.lost.map(({ stage, reason, count: frames }) => ({ stage, reason, count: frames })),
    unexplained: ledger.unexplained,
    rate: trial.offered > 1 ? Math.round(((trial.offered - 1) * 1e9) / trial.durationNs) : null,
    bulkAverage: bulkAverage(trial),
    latencyNs: medianLatency(trial),
    overhead: trial.overhead,
    ...(trial.untold.length === 0 ? {} : { untold: [...trial.untold] }),
  }
}

/** A test without a trial: it was skipped, or failed before its first frame. */
export const NO_OUTCOME: CellOutcome = {
  schema: 1,
  about: null,
  cell: null,
  offered: 0,
  received: 0,
  lost: [],
  unexplained: 0,
  rate: null,
  bulkAverage: null,
  latencyNs: null,
}

/** What a test says of itself: its suite is named like its target, its tags like frame kind and mode. */
export function aboutOf(suite: string, tags: readonly string[]): CellRecord['about'] {
  const words = [...tags.map((tag) => tag.replace(/^@/, '')), suite]
  const among = <T extends string>(known: readonly T[]) => known.filter((one) => words.includes(one))
  const [[target], [frames], [mode]] = [among(TARGETS), among(FRAME_KINDS), among(MODES)]
  return target && frames && mode ? { target, frames, mode } : null
}

/** Of a devmap's bulks, or a cpumap's. */
export function bulkAverage({ redirect, evidence: { observation } }: Trial): number | null {
  const bulks = Object.entries(
    redirect.target === 'cpumap' ? observation.cpumapBulks : observation.devmapBulks,
  )
  const events = bulks.reduce((sum, [, often]) => sum + often, 0)
  const frames = bulks.reduce((sum, [size, often]) => sum + Number(size) * often, 0)
  return events === 0 ? null : frames / events
}

function medianLatency({ arrivals, receivers }: Trial): number | null {
  return latencyAt(arrivals[receivers[0]!]?.latency ?? [], 500) ?? null
}
