/** Finds what a side of a comparison is called by, and reads its runs. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { CellRecord } from '../cell.ts'
import { readEnvironment } from '../environment.ts'
import { Measurement, readMeasurements } from '../measurement.ts'
import { readCells, runFolder } from '../run-folder.ts'
import type { ComparedRun, Side } from './side.ts'

/** No side of a comparison; the message says what is there instead. */
export class NoSide extends Error {
  override readonly name = 'NoSide'
}

export interface ReadSide {
  readonly side: Side
  /** Real paths of what was read, to see that no run is on both sides. */
  readonly paths: readonly string[]
  /** What could not be read, in words, one a file. */
  readonly unread: readonly string[]
}

const RUN_FILES = ['cells.jsonl', 'measurements.jsonl', 'environment.json']

/** A run that was accepted as what is expected, as results/baselines/NAME.json has it. */
const Baseline = z.object({
  schema: z.literal(1),
  run: z.string(),
  environment: z.record(z.string(), z.string()),
  cells: z.array(CellRecord.pick({ suite: true, title: true, verdict: true, message: true, refused: true })),
  measurements: z.array(Measurement),
})

/**
 * @param called a run's folder, a folder of such, the name of a run in `results`, or a baseline file
 * @throws NoSide
 */
export async function readSide(called: string, results: string): Promise<ReadSide> {
  const path = [called, join(results, called)].find((one) => existsSync(one))
  if (path === undefined)
    throw new NoSide(
      `there is no run, folder of runs or baseline ${called}: none of that name here, none in ${results}`,
    )
  if (!statSync(path).isDirectory())
    return {
      side: { name: called, runs: [await readBaseline(path)] },
      paths: [realpathSync(path)],
      unread: [],
    }
  const paths = isRun(path) ? [path] : runsIn(path)
  if (paths.length === 0)
    throw new NoSide(`${path} holds no run: a run’s folder has ${RUN_FILES.join(' or ')}`)
  const read = await Promise.all(paths.map(readRun))
  return {
    side: { name: called, runs: read.map(({ run }) => run) },
    paths: paths.map((one) => realpathSync(one)),
    unread: read.flatMap(({ unread }) => unread),
  }
}

const isRun = (path: string): boolean => RUN_FILES.some((file) => existsSync(join(path, file)))

/** A link, such as `latest`, leads to a run that is there already. */
const runsIn = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name))
    .filter(isRun)
    .sort()

async function readRun(path: string): Promise<{ run: ComparedRun; unread: string[] }> {
  const folder = runFolder(path)
  const [cells, measurements] = await Promise.all([readCells(folder), readMeasurements(folder)])
  const damaged = (file: string, lines: number) =>
    lines === 0 ? [] : [`${join(path, file)}: ${lines} damaged or cut short, and left out`]
  return {
    run: {
      name: basename(realpathSync(path)),
      environment: readEnvironment(folder),
      cells: cells.cells,
      measurements: measurements.measurements,
    },
    unread: [
      ...damaged('cells.jsonl', cells.damaged),
      ...damaged('measurements.jsonl', measurements.damaged),
    ],
  }
}

async function readBaseline(path: string): Promise<ComparedRun> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new NoSide(`${path} is no baseline: ${(error as Error).message}`)
  }
  const parsed = Baseline.safeParse(value)
  if (!parsed.success) {
    const [{ path: at, message }] = parsed.error.issues as [z.core.$ZodIssue]
    throw new NoSide(`${path} is no baseline: ${at.join('.') || 'the whole file'}: ${message}`)
  }
  const { run, environment, cells, measurements } = parsed.data
  return { name: run, environment, cells, measurements }
}
