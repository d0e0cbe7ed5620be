/** The folder of one run under results/: its cells, its Allure results, its report. */
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { CellRecord } from './cell.ts'
import { type Door, parseLines } from './json-lines.ts'

export const RESULTS = fileURLToPath(new URL('../../results/', import.meta.url))
export const LATEST = 'latest'
export const CELLS_FILE = 'cells.jsonl'
export const SUMMARY_FILE = 'summary.json'

export interface RunFolder {
  readonly path: string
  readonly allureResults: string
  readonly report: string
}

export const runFolder = (path: string): RunFolder => ({
  path,
  allureResults: join(path, 'allure-results'),
  report: join(path, 'report'),
})

/** A run cannot be kept: mostly since the folder belongs to root, whose run made it. */
export class ResultsRefused extends Error {
  override readonly name = 'ResultsRefused'
}

/**
 * Two runs that begin in one millisecond get two folders: the process id tells them apart.
 *
 * @param results folder of the runs. @throws ResultsRefused
 */
export function makeRunFolder(now: Date, results = RESULTS): RunFolder {
  const name = `${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${process.pid}`
  const folder = runFolder(join(results, name))
  try {
    mkdirSync(folder.allureResults, { recursive: true })
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code
    throw new ResultsRefused(
      `${results} cannot be written (${why}): make it yours (chown), or run as its owner`,
    )
  }
  const latest = join(results, LATEST)
  rmSync(latest, { force: true, recursive: true })
  try {
    symlinkSync(name, latest)
  } catch {
    // Another run has just become the latest.
  }
  return folder
}

/** A run that is part of something larger, in its folder. */
export function makePartFolder(whole: string, name: string): RunFolder {
  const folder = runFolder(join(whole, name))
  mkdirSync(folder.allureResults, { recursive: true })
  return folder
}

export const latestRunFolder = (): RunFolder => runFolder(join(RESULTS, LATEST))

/** Written at once: what is finished survives whatever comes next. */
export function appendCell(folder: RunFolder, cell: CellRecord): void {
  appendFileSync(join(folder.path, CELLS_FILE), `${JSON.stringify(cell)}\n`)
}

export const CELLS: Door<CellRecord> = { record: CellRecord, schema: 1, steps: {} }

/** Cells of a run; a line that cannot be read is left out and counted. */
export async function readCells(
  folder: RunFolder,
): Promise<{ cells: CellRecord[]; damaged: number; newer: number }> {
  const text = await readFile(join(folder.path, CELLS_FILE), 'utf8').catch(() => '')
  const { records: cells, damaged, newer } = parseLines(text, CELLS)
  return { cells, damaged, newer }
}

export const Summary = z.object({ passed: z.number(), failed: z.number(), skipped: z.number() })
export type Summary = Readonly<z.infer<typeof Summary>>

export function writeSummary(folder: RunFolder, summary: Summary): void {
  writeFileSync(join(folder.path, SUMMARY_FILE), `${JSON.stringify(summary)}\n`)
}
