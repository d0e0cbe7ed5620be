/** The folder of one run under results/: its cells, its Allure results, its report. */
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CellRecord } from './cell.ts'

export const RESULTS = fileURLToPath(new URL('../../results/', import.meta.url))
const LATEST = 'latest'

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

/** Two runs that begin in one millisecond get two folders: the process id tells them apart. @throws ResultsRefused */
export function makeRunFolder(now: Date): RunFolder {
  const name = `${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${process.pid}`
  const folder = runFolder(join(RESULTS, name))
  try {
    mkdirSync(folder.allureResults, { recursive: true })
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code
    throw new ResultsRefused(
      `${RESULTS} cannot be written (${why}): make it yours (chown), or run as its owner`,
    )
  }
  const latest = join(RESULTS, LATEST)
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
  appendFileSync(join(folder.path, 'cells.jsonl'), `${JSON.stringify(cell)}\n`)
}

/** Cells of a run; a line cut short by a crash is left out and counted. */
export async function readCells(folder: RunFolder): Promise<{ cells: CellRecord[]; damaged: number }> {
  const text = await readFile(join(folder.path, 'cells.jsonl'), 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  const cells = lines.flatMap((line) => {
    const parsed = CellRecord.safeParse(parseJson(line))
    return parsed.success ? [parsed.data] : []
  })
  return { cells, damaged: lines.length - cells.length }
}

export interface Summary {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export function writeSummary(folder: RunFolder, summary: Summary): void {
  writeFileSync(join(folder.path, 'summary.json'), `${JSON.stringify(summary)}\n`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
