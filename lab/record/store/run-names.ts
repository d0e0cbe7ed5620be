/** Which folders of a results folder are runs, and when they began: their names say both. */
import { readdirSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LATEST } from '../run-folder.ts'

/** As `makeRunFolder` names them: `2026-11-25T11-05-53Z-13933`, time and process. */
const RUN = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z(?:-(\d+))?/

/** In the order in which they began. A folder that is not there has none. @throws when it cannot be read. */
export function runNames(results: string): string[] {
  try {
    return readdirSync(results, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && RUN.test(entry.name))
      .map(({ name }) => name)
      .sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export const isRunName = (name: string): boolean => RUN.test(name)

/** ISO 8601, to the second. */
export function beganOf(name: string): string {
  const [, day, hours, minutes, seconds] = RUN.exec(name)!
  return `${day!}T${hours!}:${minutes!}:${seconds!}Z`
}

/** Of the process that made it, on the machine that it ran on. */
export function processOf(name: string): number | undefined {
  const digits = RUN.exec(name)?.[5]
  return digits === undefined ? undefined : Number(digits)
}

/** Name of the run that `latest` leads to. */
export function latestName(results: string): string | undefined {
  try {
    return basename(readlinkSync(join(results, LATEST)))
  } catch {
    return undefined
  }
}
