/** Finds what a side of a comparison is called by, and reads its runs. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CELLS_FILE } from '../run-folder.ts'
import { ENVIRONMENT_FILE } from '../environment.ts'
import { MEASUREMENTS_FILE } from '../measurement.ts'
import { InvalidBaseline, readBaseline } from '../store/baseline.ts'
import { readRun, type Run, unreadText } from '../store/read-run.ts'
import type { Side } from './side.ts'

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

const RUN_FILES = [CELLS_FILE, MEASUREMENTS_FILE, ENVIRONMENT_FILE]

/**
 * @param called a run's folder, a folder of such, the name of a run in `results`, or a baseline file
 * @throws NoSide
 */
export function readSide(called: string, results: string): ReadSide {
  const path = [called, join(results, called)].find((one) => existsSync(one))
  if (path === undefined)
    throw new NoSide(
      `there is no run, folder of runs or baseline ${called}: none of that name here, none in ${results}`,
    )
  if (!statSync(path).isDirectory())
    return {
      side: { name: called, runs: [accepted(path)] },
      paths: [realpathSync(path)],
      unread: [],
    }
  const paths = isRun(path) ? [path] : runsIn(path)
  if (paths.length === 0)
    throw new NoSide(`${path} holds no run: a run’s folder has ${RUN_FILES.join(' or ')}`)
  const read = paths.map(readRun)
  return {
    side: {
      name: called,
      // By a link, such as `latest`, a run is not called by its name.
      runs: read.map((run, index) => ({ ...run, name: basename(realpathSync(paths[index]!)) })),
    },
    paths: paths.map((one) => realpathSync(one)),
    unread: read.flatMap(({ unread }, index) => unreadText(paths[index]!, unread)),
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

/** Called by the name of the run that it was. */
function accepted(path: string): Run {
  try {
    const { run, environment, cells, measurements } = readBaseline(path)
    return { name: run, environment, cells, measurements }
  } catch (error) {
    throw error instanceof InvalidBaseline ? new NoSide(error.message) : error
  }
}
