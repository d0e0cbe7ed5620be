/** Hands suites to the test runner, makes the report, and ends with the run's exit code. */
import { constants } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { brokenLab } from '../record/broken-lab.ts'
import type { CellRecord } from '../record/cell.ts'
import { addBenchReport } from '../record/bench-report.ts'
import { addOverview } from '../record/overview-report.ts'
import { renderReport } from '../record/report.ts'
import { readCells, type RunFolder } from '../record/run-folder.ts'
import { runEnvironment, type RunOptions } from './run-options.ts'
import type { SuiteFile } from './suites.ts'
import { WrongUse } from './wrong-use.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const RUNNER = fileURLToPath(new URL('../../node_modules/@playwright/test/cli.js', import.meta.url))

export interface SuiteRun {
  readonly suites: readonly SuiteFile[]
  readonly folder: RunFolder
  readonly options: RunOptions
  /** Further arguments of the runner, that choose tests. */
  readonly select: readonly string[]
  /** How often each test is run. */
  readonly repeat: number
  readonly report: boolean
  /** File of the run's folder to look at. */
  readonly records: string
}

/** The runner went away in the middle of a run, and what was under way with it. */
export class RunnerEnded extends Error {
  override readonly name = 'RunnerEnded'
}

/** @throws WrongUse when no test fits; RunnerEnded, ReportFailed. */
export async function runSuites({
  suites,
  folder,
  options,
  select,
  repeat,
  report,
  records,
}: SuiteRun): Promise<void> {
  const say = options.json ? console.error : console.log
  const argv = [
    'test',
    '--project=lab',
    ...suites.map(({ file }) => `${file}$`),
    ...select,
    '--repeat-each',
    String(repeat),
    '--pass-with-no-tests',
  ]
  const end = await runTests(argv, runEnvironment(options))

  const { cells } = await readCells(folder)
  await addOverview(folder)
  const pictures = options.bench ? await addBenchReport(folder) : []
  const kept = `${cells.length} finished ${cells.length === 1 ? 'cell is' : 'cells are'} kept in ${folder.path}; \`lab report ${basename(folder.path)}\` makes the report`
  if (end.interrupted) {
    const onward = options.bench ? `, and \`lab bench --resume ${basename(folder.path)}\` goes on` : ''
    say(`\nInterrupted. ${kept}${onward}.`)
    process.exitCode = end.interrupted
    return
  }
  if (end.signal) throw new RunnerEnded(`the test runner was ended by ${end.signal}; ${kept}`)
  const broken = brokenLab(folder.path)
  if (broken) console.error(broken.message)
  else if (cells.length === 0 && end.exitCode === 0)
    throw new WrongUse(
      `no test was run: ${suites.map(({ name }) => name).join(', ')} has none for these options`,
    )
  process.exitCode = broken?.exitCode ?? exitCodeOf(cells, end.exitCode)
  if (cells.length === 0) return
  if (report) say(`Report: ${await renderReport(folder)}`)
  for (const path of pictures) say(`Picture: ${path}`)
  say(`Records: ${folder.path}/${records}`)
}

/** A claim that failed outweighs a lab that broke; what the runner itself found wrong is no claim. */
function exitCodeOf(cells: readonly CellRecord[], runner: number): number {
  if (cells.some(({ verdict }) => verdict === 'failed')) return 1
  return runner === 0 ? 0 : 3
}

/**
 * In a process group of its own: Ctrl-C reaches this process alone, which passes it on once. Its standard
 * input is a line to this process: when this one dies, it ends.
 */
async function runTests(
  argv: readonly string[],
  environment: Record<string, string>,
): Promise<{ exitCode: number; signal?: string; interrupted?: number }> {
  const runner = execa(process.execPath, [RUNNER, ...argv], {
    cwd: REPOSITORY,
    env: environment,
    stdin: 'pipe',
    stdout: 'inherit',
    stderr: 'inherit',
    detached: true,
    reject: false,
  })
  let interrupted: number | undefined
  const pass = (signal: 'SIGINT' | 'SIGTERM') => {
    if (interrupted === undefined) runner.kill('SIGINT')
    interrupted = 128 + constants.signals[signal]
  }
  process.on('SIGINT', pass).on('SIGTERM', pass)
  const { exitCode = 1, signal } = await runner
  process.off('SIGINT', pass).off('SIGTERM', pass)
  return { exitCode, ...(signal && { signal }), ...(interrupted !== undefined && { interrupted }) }
}
