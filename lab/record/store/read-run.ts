/** One run of a results folder, read whole, with what of it could not be read. */
import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { CellRecord } from '../cell.ts'
import { ENVIRONMENT_FILE, RunEnvironment } from '../environment.ts'
import { type Door, parseLines } from '../json-lines.ts'
import { type Measurement, MEASUREMENTS, MEASUREMENTS_FILE } from '../measurement.ts'
import { CELLS, CELLS_FILE, Summary, SUMMARY_FILE } from '../run-folder.ts'

/** What became of a test: of a cell's record, as much as a comparison asks for. */
export type Outcome = Pick<CellRecord, 'suite' | 'title' | 'about' | 'verdict' | 'message' | 'refused'>

/** What two runs, or a run and a baseline, are compared by. */
export interface Run {
  readonly name: string
  readonly environment: RunEnvironment
  readonly cells: readonly Outcome[]
  readonly measurements: readonly Measurement[]
}

const count = z.number().int().nonnegative()

/** A file that was not read to its end. */
export const Unread = z.object({
  file: z.string(),
  /** Lines that are damaged or cut short. */
  damaged: count,
  /** Lines that a newer version wrote. */
  newer: count,
  /** Why none could be read, in the words of errno. */
  refused: z.string().optional(),
})
export type Unread = Readonly<z.infer<typeof Unread>>

export interface StoredRun extends Run {
  readonly cells: readonly CellRecord[]
  /** null for a run that did not come to its end. */
  readonly summary: Summary | null
  readonly unread: readonly Unread[]
}

const FILES = [CELLS_FILE, MEASUREMENTS_FILE, ENVIRONMENT_FILE, SUMMARY_FILE]

/** Changes with every file of a run that is read here: its size, and the time of its last change of any kind. */
export function stampOf(path: string): string {
  return FILES.map((file) => {
    const found = statSync(join(path, file), { throwIfNoEntry: false })
    return found ? `${found.size}@${found.ctimeMs}` : ''
  }).join(' ')
}

/** Never throws for what is in the run's folder: what cannot be read is in `unread`. */
export function readRun(path: string): StoredRun {
  const unread: Unread[] = []
  const text = (file: string): string | undefined => {
    try {
      return readFileSync(join(path, file), 'utf8')
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT') unread.push({ file, damaged: 0, newer: 0, refused: code })
      return undefined
    }
  }
  const lines = <T>(file: string, door: Door<T>): T[] => {
    const { records, damaged, newer } = parseLines(text(file) ?? '', door)
    if (damaged + newer > 0) unread.push({ file, damaged, newer })
    return records
  }
  const whole = <T>(file: string, parse: (value: unknown) => T): T | undefined => {
    const found = text(file)
    if (found === undefined) return undefined
    try {
      return parse(JSON.parse(found))
    } catch {
      unread.push({ file, damaged: found.split('\n').filter((line) => line !== '').length, newer: 0 })
      return undefined
    }
  }
  return {
    name: basename(path),
    environment: whole(ENVIRONMENT_FILE, (value) => RunEnvironment.parse(value)) ?? {},
    cells: lines(CELLS_FILE, CELLS),
    measurements: lines(MEASUREMENTS_FILE, MEASUREMENTS),
    summary: whole(SUMMARY_FILE, (value) => Summary.parse(value)) ?? null,
    unread,
  }
}

/** A line for each file, for people. @param folder as they call it. */
export function unreadText(folder: string, unread: readonly Unread[]): string[] {
  return unread.flatMap(({ file, damaged, newer, refused }) => {
    const path = join(folder, file)
    return [
      ...(refused === undefined ? [] : [`${path}: cannot be read (${refused})`]),
      ...(damaged === 0 ? [] : [`${path}: ${lineCount(damaged)} damaged or cut short, and left out`]),
      ...(newer === 0
        ? []
        : [`${path}: ${lineCount(newer)} written by a newer version of redirect-lab, and left out`]),
    ]
  })
}

const lineCount = (count: number): string => (count === 1 ? '1 line is' : `${count} lines are`)
