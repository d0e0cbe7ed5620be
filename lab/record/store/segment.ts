/**
 * A part of the index of runs: all that is known of some of them, sorted by series. A file of JSON lines that is
 * written once and never changed:
 *
 *     length of the next line in bytes, in twelve columns
 *     its head: the runs, and for each series how many bytes its line has
 *     a line for each series: [[run, at, value, lower, upper, irregular, invalid], …], run as its place in the head
 *     a line of outcomes: the tests, and for each run a letter a test
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { type CellVerdict, weightier } from '../cell.ts'
import { topologyName } from '../environment.ts'
import type { Measurement } from '../measurement.ts'
import { Summary } from '../run-folder.ts'
import { type StoredRun, Unread } from './read-run.ts'
import { ABSENT, keyOf, SeriesId, VERDICT_LETTERS } from './series.ts'

/** Another version's files are no use: they are made anew from the runs. */
const VERSION = 1
const LENGTH_COLUMNS = 12

const count = z.number().int().nonnegative()

export const RunFacts = z.object({
  name: z.string(),
  /** Empty, as driver and kernel are, for a run that never came to its bed. */
  topology: z.string(),
  driver: z.string(),
  kernel: z.string(),
  /** null for a run that did not come to its end. */
  summary: Summary.nullable(),
  cells: count,
  measurements: count,
  unread: z.array(Unread),
})
export type RunFacts = Readonly<z.infer<typeof RunFacts>>

const Head = z.object({
  version: z.literal(VERSION),
  runs: z.array(z.object({ stamp: z.string(), facts: RunFacts })),
  series: z.array(z.object({ id: SeriesId, bytes: count })),
  outcomesBytes: count,
})
type Head = z.infer<typeof Head>

/** irregular and invalid are left out at the end where there are none. */
export type Row = readonly [
  run: number,
  at: number,
  value: number | null,
  lower: number | null,
  upper: number | null,
  irregular?: Measurement['irregular'] | null,
  invalid?: string,
]

export interface Outcomes {
  readonly tests: readonly (readonly [suite: string, title: string])[]
  /** For each run a letter for each test. */
  readonly verdicts: readonly string[]
}

/** What a segment is made from, and what two of them become one by. */
export interface SegmentContent {
  readonly runs: Head['runs']
  readonly series: readonly { readonly id: SeriesId; readonly rows: readonly Row[] }[]
  readonly outcomes: Outcomes
}

export function contentOf(runs: readonly { stamp: string; run: StoredRun }[]): SegmentContent {
  const series = new Map<string, { id: SeriesId; rows: Row[] }>()
  const tests = new Map<string, { place: number; test: [string, string] }>()
  const verdicts = runs.map(({ run }, number) => {
    for (const { cell, quantity, atLoad, ...measured } of run.measurements) {
      const id: SeriesId = { cell, quantity, ...(atLoad !== undefined && { atLoad }) }
      const key = keyOf(id)
      const found = series.get(key) ?? { id, rows: [] }
      found.rows.push(rowOf(number, measured))
      series.set(key, found)
    }
    const found: (CellVerdict | undefined)[] = []
    for (const { suite, title, verdict } of run.cells) {
      const key = JSON.stringify([suite, title])
      const { place } = tests.get(key) ?? { place: tests.size }
      if (place === tests.size) tests.set(key, { place, test: [suite, title] })
      found[place] = weightier(found[place] ?? verdict, verdict)
    }
    return Array.from(found, (verdict) => (verdict ? VERDICT_LETTERS[verdict] : ABSENT)).join('')
  })
  return {
    runs: runs.map(({ stamp, run }) => ({ stamp, facts: factsOf(run) })),
    series: [...series.values()],
    outcomes: { tests: [...tests.values()].map(({ test }) => test), verdicts },
  }
}

function rowOf(
  run: number,
  { at, value, lower, upper, irregular, invalid }: Omit<Measurement, keyof SeriesId>,
): Row {
  const row = [run, Date.parse(at), value, lower, upper] as const
  if (invalid !== undefined) return [...row, irregular ?? null, invalid]
  return irregular === undefined ? row : [...row, irregular]
}

function factsOf({ name, environment, summary, cells, measurements, unread }: StoredRun): RunFacts {
  return {
    name,
    topology: topologyName(environment) ?? measurements[0]?.cell.topology ?? '',
    driver: environment['driver'] ?? '',
    kernel: environment['kernel'] ?? '',
    summary,
    cells: cells.length,
    measurements: measurements.length,
    unread: [...unread],
  }
}

export function encode({ runs, series, outcomes }: SegmentContent): Buffer {
  const lines = series.map(({ rows }) => Buffer.from(`${JSON.stringify(rows)}\n`))
  const last = Buffer.from(`${JSON.stringify(outcomes)}\n`)
  const head: Head = {
    version: VERSION,
    runs: [...runs],
    series: series.map(({ id }, index) => ({ id, bytes: lines[index]!.length })),
    outcomesBytes: last.length,
  }
  const first = Buffer.from(`${JSON.stringify(head)}\n`)
  return Buffer.concat([
    Buffer.from(`${String(first.length).padEnd(LENGTH_COLUMNS)}\n`),
    first,
    ...lines,
    last,
  ])
}

type Source = (offset: number, length: number) => string

export class Segment {
  readonly runs: Head['runs']
  readonly series: readonly SeriesId[]
  readonly #name: string
  readonly #source: Source
  readonly #close: () => void
  readonly #places: readonly { offset: number; bytes: number }[]

  /** @throws when it is no segment, or one of another version. */
  private constructor(name: string, source: Source, size: number, close: () => void) {
    const length = LENGTH_COLUMNS + 1
    const headBytes = Number(source(0, length))
    const head = Head.parse(JSON.parse(source(length, headBytes)))
    let offset = length + headBytes
    this.#places = [...head.series.map(({ bytes }) => bytes), head.outcomesBytes].map((bytes) => {
      const place = { offset, bytes }
      offset += bytes
      return place
    })
    if (offset !== size) throw new Error(`${offset} bytes are expected, there are ${size}`)
    this.runs = head.runs
    this.series = head.series.map(({ id }) => id)
    this.#name = name
    this.#source = source
    this.#close = close
  }

  /** It stays open, so that another process may remove the file meanwhile. */
  static open(path: string): Segment {
    const file = openSync(path, 'r')
    const source: Source = (offset, length) => {
      const buffer = Buffer.allocUnsafe(length)
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, length, offset))
    }
    try {
      return new Segment(path, source, fstatSync(file).size, () => closeSync(file))
    } catch (error) {
      closeSync(file)
      throw error
    }
  }

  /** One that cannot be written to a file. */
  static of(bytes: Buffer): Segment {
    return new Segment(
      'the index in memory',
      (offset, length) => bytes.toString('utf8', offset, offset + length),
      bytes.length,
      () => undefined,
    )
  }

  /** @throws DamagedIndex */
  rows(series: number): Row[] {
    return this.#line(series) as Row[]
  }

  /** @throws DamagedIndex */
  outcomes(): Outcomes {
    return this.#line(this.series.length) as Outcomes
  }

  close(): void {
    this.#close()
  }

  #line(number: number): unknown {
    const { offset, bytes } = this.#places[number]!
    try {
      return JSON.parse(this.#source(offset, bytes))
    } catch {
      throw new DamagedIndex(`${this.#name} is damaged. It is made from the runs: remove it, and try again.`)
    }
  }
}

export class DamagedIndex extends Error {
  override readonly name = 'DamagedIndex'
}
