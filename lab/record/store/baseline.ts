/**
 * A run that was accepted as what is expected: results/baselines/NAME.json, reviewed and committed. Keys are
 * sorted, and each test and each measurement has a line of its own, so that a change of it reads well as a diff.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { CellRecord } from '../cell.ts'
import { RunEnvironment } from '../environment.ts'
import { Measurement } from '../measurement.ts'
import { cellName } from './cell-name.ts'
import type { Run, StoredRun } from './read-run.ts'

const FOLDER = 'baselines'
const ENDING = '.json'
const SCHEMA = 1
const NAME = /^[a-z0-9][\w.-]*$/i

const Stored = z.object({
  schema: z.literal(SCHEMA),
  accepted: z.object({ at: z.iso.datetime(), by: z.string(), why: z.string() }),
  /** Name of the run that it was. */
  run: z.string(),
  environment: RunEnvironment,
  cells: z.array(
    CellRecord.pick({
      suite: true,
      title: true,
      about: true,
      verdict: true,
      message: true,
      refused: true,
    }),
  ),
  measurements: z.array(Measurement),
})

export interface Baseline extends Run {
  readonly accepted: { readonly at: string; readonly by: string; readonly why: string }
  readonly run: string
}

/** The file is none, or one of a newer version; the message says which file, and what is wrong with it. */
export class InvalidBaseline extends Error {
  override readonly name = 'InvalidBaseline'
}

export const baselineFile = (results: string, name: string): string =>
  join(results, FOLDER, `${name}${ENDING}`)

export const isBaselineName = (name: string): boolean => NAME.test(name)

/** Sorted. A folder that is not there has none. */
export function baselineNames(results: string): string[] {
  try {
    return readdirSync(join(results, FOLDER))
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .filter(isBaselineName)
      .sort()
  } catch {
    return []
  }
}

/** @throws InvalidBaseline */
export function readBaseline(path: string): Baseline {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new InvalidBaseline(
      code === 'ENOENT' ? `there is no baseline ${path}` : `${path} is no baseline: ${message}`,
    )
  }
  const schema = (value as { schema?: unknown } | null)?.schema
  if (typeof schema === 'number' && schema > SCHEMA)
    throw new InvalidBaseline(
      `${path} was written by a newer version of redirect-lab (schema ${schema}; this one reads ${SCHEMA})`,
    )
  const parsed = Stored.safeParse(value)
  if (!parsed.success) {
    const [{ path: at, message }] = parsed.error.issues as [z.core.$ZodIssue]
    throw new InvalidBaseline(`${path} is no baseline: ${at.join('.') || 'the whole file'}: ${message}`)
  }
  const { accepted, run, environment, cells, measurements } = parsed.data
  return { name: basename(path, ENDING), accepted, run, environment, cells, measurements }
}

/** Takes the place of an earlier one of that name. @returns path of the file. */
export function writeBaseline(
  results: string,
  name: string,
  run: StoredRun,
  accepted: Baseline['accepted'],
): string {
  const path = baselineFile(results, name)
  mkdirSync(join(results, FOLDER), { recursive: true })
  writeFileSync(`${path}.writing`, baselineText(run, accepted))
  renameSync(`${path}.writing`, path)
  return path
}

function baselineText(run: StoredRun, accepted: Baseline['accepted']): string {
  const cells = run.cells.map(({ suite, title, about, verdict, message, refused }) => ({
    line: { suite, title, about, verdict, message, refused },
    order: `${suite}\0${title}`,
  }))
  const measurements = run.measurements.map((measurement) => ({
    line: measurement,
    order: [cellName(measurement.cell), measurement.quantity, measurement.atLoad ?? '', measurement.at].join(
      '\0',
    ),
  }))
  const parts = {
    accepted: lineOf(accepted),
    cells: linesOf(cells),
    environment: `{\n${Object.entries(run.environment)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n')}\n }`,
    measurements: linesOf(measurements),
    run: JSON.stringify(run.name),
    schema: String(SCHEMA),
  }
  const text = Object.entries(parts).map(([name, part]) => ` ${JSON.stringify(name)}: ${part}`)
  return `{\n${text.join(',\n')}\n}\n`
}

function linesOf(all: readonly { line: object; order: string }[]): string {
  if (all.length === 0) return '[]'
  const sorted = all.toSorted((one, other) =>
    one.order < other.order ? -1 : Number(one.order > other.order),
  )
  return `[\n${sorted.map(({ line }) => `  ${lineOf(line)}`).join(',\n')}\n ]`
}

const lineOf = (value: object): string => JSON.stringify(value, sortedKeys)

/** For JSON.stringify. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}
