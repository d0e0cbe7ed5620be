/**
 * What was measured of a cell: one figure with its bounds and conditions, a line of `measurements.jsonl` in the
 * run's folder. Cells of two runs are the same when all of `cell` is; what the bed was is in the run's
 * environment, so that a comparison can tell what else differs.
 */
import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { FRAME_KINDS } from '../units/frame.ts'
import { MODES, TARGETS } from '../units/redirect.ts'
import { type Door, parseLines } from './json-lines.ts'
import type { RunFolder } from './run-folder.ts'

const whole = z.number().int()

export const BenchCell = z.object({
  /** Name of the topology. */
  topology: z.string(),
  target: z.enum(TARGETS),
  frames: z.enum(FRAME_KINDS),
  mode: z.enum(MODES),
  /** Bytes with FCS, as RFC 2544 counts. */
  size: whole.positive(),
  /** CPUs or queues of the DUT that share the work. */
  cores: whole.positive(),
})
export type BenchCell = Readonly<z.infer<typeof BenchCell>>

/** What a figure is of. NDR, PDR: draft-ietf-bmwg-mlrsearch-15; `mrr`: maximum receive rate, forwarded at the maximum offered load (RFC 2285 §3.6.2). */
export const QUANTITIES = {
  ndr: { title: 'non-drop rate', unit: 'frames/s', better: 'higher' },
  pdr: { title: 'partial drop rate', unit: 'frames/s', better: 'higher' },
  // Other goals of a search, by their names (lab/measure/search/goal.ts).
  'strict-loss': { title: 'rate at a loss of 1 in 100,000', unit: 'frames/s', better: 'higher' },
  rfc2544: { title: 'throughput by RFC 2544', unit: 'frames/s', better: 'higher' },
  tst009: { title: 'throughput by TST 009', unit: 'frames/s', better: 'higher' },
  mrr: { title: 'maximum receive rate', unit: 'frames/s', better: 'higher' },
  'loss-ratio': { title: 'frames lost', unit: 'ratio', better: 'lower' },
  'latency-min': { title: 'least latency', unit: 'ns', better: 'lower' },
  'latency-median': { title: 'median latency', unit: 'ns', better: 'lower' },
  'latency-p99': { title: '99th percentile of latency', unit: 'ns', better: 'lower' },
  'latency-p999': { title: '99.9th percentile of latency', unit: 'ns', better: 'lower' },
  'latency-max': { title: 'greatest latency', unit: 'ns', better: 'lower' },
  'back-to-back': { title: 'longest burst without loss', unit: 'frames', better: 'higher' },
  recovery: { title: 'time to recover from overload', unit: 'ns', better: 'lower' },
  'cost-ns': { title: 'time per frame', unit: 'ns/frame', better: 'lower' },
  'cost-cycles': { title: 'cycles per frame', unit: 'cycles/frame', better: 'lower' },
  // The same path without the redirect, which `cost-ns` is to be compared with.
  'drop-ns': { title: 'time per frame with XDP_DROP', unit: 'ns/frame', better: 'lower' },
  'drop-cycles': { title: 'cycles per frame with XDP_DROP', unit: 'cycles/frame', better: 'lower' },
  'tx-ns': { title: 'time per frame with XDP_TX', unit: 'ns/frame', better: 'lower' },
  'tx-cycles': { title: 'cycles per frame with XDP_TX', unit: 'cycles/frame', better: 'lower' },
} as const satisfies Record<string, { title: string; unit: string; better: 'higher' | 'lower' }>
export type Quantity = keyof typeof QUANTITIES

export const Measurement = z.object({
  schema: z.literal(1),
  /** When it was finished, ISO 8601. */
  at: z.iso.datetime(),
  suite: z.string(),
  cell: BenchCell,
  quantity: z.enum(Object.keys(QUANTITIES) as [Quantity, ...Quantity[]]),
  /** What the figure holds for beside its cell: `load: 50 % of PDR`. Part of its identity. */
  atLoad: z.string().optional(),
  /** In the unit of its quantity; of a search the conditional throughput. null when there is none. */
  value: z.number().nullable(),
  /** Relevant lower and upper bound of a search, or least and largest of repeated trials. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /**
   * `at-ceiling`: the generator or the line ended before the DUT did, so the DUT does at least this; of what is
   * better when lower, it costs at most this.
   * `below-floor`: even the lowest load lost more than the goal allows.
   */
  irregular: z.enum(['at-ceiling', 'below-floor']).optional(),
  /** The search ended before its bounds were as close as the goal asks; they are those of a coarser one. */
  unfinished: z.literal(true).optional(),
  /** Why it says nothing about the DUT; `value` is null then. */
  invalid: z.string().optional(),
  /** Trials it comes from, and the seconds they took. */
  trials: whole.nonnegative(),
  seconds: z.number().nonnegative(),
  /** Parameters of the search goal or of the method, as a report must show them. */
  method: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type Measurement = Readonly<z.infer<typeof Measurement>>

export const MEASUREMENTS_FILE = 'measurements.jsonl'
/** A measurement before it is known whose it is. */
export type Figure = Omit<Measurement, 'schema' | 'at' | 'suite' | 'cell'>

/** Written at once: what is finished survives whatever comes next. */
export function appendMeasurement({ path }: RunFolder, measurement: Measurement): void {
  appendFileSync(join(path, MEASUREMENTS_FILE), `${JSON.stringify(measurement)}\n`)
}

export const MEASUREMENTS: Door<Measurement> = { record: Measurement, schema: 1, steps: {} }

/** Of a run; a line that cannot be read is left out and counted. */
export async function readMeasurements({
  path,
}: RunFolder): Promise<{ measurements: Measurement[]; damaged: number; newer: number }> {
  const text = await readFile(join(path, MEASUREMENTS_FILE), 'utf8').catch(() => '')
  const { records: measurements, damaged, newer } = parseLines(text, MEASUREMENTS)
  return { measurements, damaged, newer }
}
