/** What a night found: `night.json` in its run's folder. The next nights are judged by those before them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonOrNothing } from '../../remote/json-or-nothing.ts'
import { BenchCell, Measurement } from '../measurement.ts'
import type { RunFolder } from '../run-folder.ts'
import { runNames } from '../store/run-names.ts'

/**
 * `suspected`: as far off as a regression or an improvement, but among so many cells it may be chance.
 * `learning`: too few good nights to say anything. `unmeasured`: `why` and `blame` tell.
 */
export const NIGHT_VERDICTS = [
  'regression',
  'improvement',
  'suspected',
  'noise',
  'unmeasured',
  'learning',
  'ok',
] as const
export type FigureVerdict = (typeof NIGHT_VERDICTS)[number]

/** Whom it lies with that there is no figure. */
export const BLAMES = ['GENERATOR-LIMIT', 'LINK', 'TREX', 'KERNEL', 'INFRA', 'INVALID'] as const
export type Blame = (typeof BLAMES)[number]

export const NightFigure = z.object({
  cell: BenchCell,
  quantity: Measurement.shape.quantity,
  verdict: z.enum(NIGHT_VERDICTS),
  /** Median of the runs, in the unit of the quantity; null when there was no valid one. */
  figure: z.number().nullable(),
  /** Median of the good nights; null when there are too few. */
  usual: z.number().nullable(),
  /** Share by which the figure differs from the usual one. */
  change: z.number().nullable(),
  /** Valid runs in the order in which they were made: one, or that and the re-runs. */
  runs: z.array(z.number()),
  /** Of the search goal, as a share of the load: what is nearer together is the same. */
  width: z.number().optional(),
  /** Rank test of the runs against the good nights, adjusted for all cells of the quantity. */
  adjustedP: z.number().optional(),
  why: z.string().optional(),
  blame: z.enum(BLAMES).optional(),
  /** A change of level that was accepted: the first night that counts, and when it was. */
  since: z.object({ run: z.string(), at: z.iso.datetime() }).optional(),
})
export type NightFigure = Readonly<z.infer<typeof NightFigure>>

export const NightRecord = z.object({
  schema: z.literal(1),
  /** Name of the topology. */
  topology: z.string(),
  driver: z.string(),
  /** ISO 8601. */
  began: z.iso.datetime(),
  /** The lab broke, and why: what of the night was to come after that is missing. */
  broken: z.string().optional(),
  figures: z.array(NightFigure),
})
export type NightRecord = Readonly<z.infer<typeof NightRecord>>

/** A night of a results folder. */
export interface Night extends NightRecord {
  /** Name of its run. */
  readonly run: string
}

const FILE = 'night.json'

export function writeNight({ path }: RunFolder, night: NightRecord): void {
  writeFileSync(join(path, FILE), `${JSON.stringify(night, null, 1)}\n`)
}

/** Those of a topology, the oldest first. A night whose file cannot be read is handed to `unread` and left out. */
export function readNights(results: string, topology: string, unread: (file: string) => void): Night[] {
  return runNames(results).flatMap((run) => {
    const file = join(results, run, FILE)
    if (!existsSync(file)) return []
    const night = NightRecord.safeParse(jsonOrNothing(readFileSync(file, 'utf8')))
    if (!night.success) unread(file)
    return night.success && night.data.topology === topology ? [{ ...night.data, run }] : []
  })
}
