/** What a benchmark keeps of itself: results/benchmarks/NAME-TIME.json. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { RESULTS } from '../lab/record/run-folder.ts'

const Spread = z.object({ median: z.number(), min: z.number(), max: z.number() })

export const BenchmarkRecord = z.object({
  schema: z.literal(1),
  benchmark: z.enum(['devmap-bare', 'observer-effect']),
  began: z.iso.datetime(),
  machine: z.object({
    kernel: z.string(),
    processor: z.string(),
    cpus: z.number().int().positive(),
    /** Of the last minute when it began: a busy machine spreads the figures. */
    load: z.number(),
  }),
  /** Of each run. */
  frames: z.number().int().positive(),
  /** In the order in which they were made, those that do not count among them. */
  runs: z.array(
    z.object({
      round: z.number().int(),
      what: z.string(),
      mpps: z.number(),
      invalid: z.string().optional(),
    }),
  ),
  /** Of each thing measured, over the one that `to` names, in pairs of one round. */
  results: z.array(
    z.object({
      what: z.string(),
      mpps: Spread.nullable(),
      to: z.string(),
      ratio: Spread.nullable(),
      pairs: z.number().int(),
    }),
  ),
})
export type BenchmarkRecord = Readonly<z.infer<typeof BenchmarkRecord>>

export function thisMachine(): BenchmarkRecord['machine'] {
  return {
    kernel: release(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: cpus().length,
    load: loadavg()[0]!,
  }
}

/** @returns path of the file. */
export function keep(record: BenchmarkRecord): string {
  const folder = join(RESULTS, 'benchmarks')
  mkdirSync(folder, { recursive: true })
  const time = record.began.slice(0, 19).replaceAll(':', '-')
  const file = join(folder, `${record.benchmark}-${time}Z.json`)
  writeFileSync(file, `${JSON.stringify(BenchmarkRecord.parse(record), null, 2)}\n`)
  return file
}
