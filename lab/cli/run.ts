/** `lab run`: hands suites to the test runner, makes the report, and ends with the run's exit code. */
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { brokenLab } from '../record/broken-lab.ts'
import type { CellRecord } from '../record/cell.ts'
import { addOverview } from '../record/overview-report.ts'
import { renderReport } from '../record/report.ts'
import { makeRunFolder, readCells } from '../record/run-folder.ts'
import { loadTopology } from '../topology/load.ts'
import type { FrameKind } from '../units/frame.ts'
import type { Mode } from '../units/redirect.ts'
import { type DISPROOFS, runEnvironment, type RunOptions } from './run-options.ts'
import { chooseSuites } from './suites.ts'
import { WrongUse } from './wrong-use.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const RUNNER = fileURLToPath(new URL('../../node_modules/@playwright/test/cli.js', import.meta.url))

interface Flags {
  readonly topology: string
  readonly frames?: FrameKind
  readonly mode?: Mode
  readonly size?: number
  readonly evidence: RunOptions['evidence']
  readonly repeat: number
  readonly framesPerCell?: number
  readonly rate?: number
  readonly program?: string
  readonly grep?: string
  readonly report: boolean
  readonly json?: boolean
  readonly disprove?: (typeof DISPROOFS)[number]
}

/** The runner went away in the middle of a run, and what was under way with it. */
class RunnerEnded extends Error {
  override readonly name = 'RunnerEnded'
}

/** @throws WrongUse, InvalidTopology before anything is touched; RunnerEnded, ReportFailed. */
export async function run(names: readonly string[], flags: Flags): Promise<void> {
  const suites = chooseSuites(names)
  await loadTopology(flags.topology)
  if (flags.program !== undefined && !existsSync(flags.program))
    throw new WrongUse(`there is no program ${flags.program}`)
  const folder = makeRunFolder(new Date())
  const say = flags.json ? console.error : console.log
  const { frames, mode, size, framesPerCell, rate } = flags
  const environment = runEnvironment({
    topology: resolve(flags.topology),
    folder: folder.path,
    evidence: flags.evidence,
    json: flags.json ?? false,
    ...(frames && { frames }),
    ...(mode && { mode }),
    ...(size && { size }),
    ...(framesPerCell && { framesPerCell }),
    ...(rate && { rate }),
    ...(flags.disprove && { disprove: flags.disprove }),
    ...(flags.program !== undefined && { program: resolve(flags.program) }),
  })
  const argv = [
    'test',
    '--project=lab',
    ...suites.map(({ file }) => `${file}$`),
    ...selection(flags),
    '--repeat-each',
    String(flags.repeat),
    '--pass-with-no-tests',
  ]
  const end = await runTests(argv, environment)

  const { cells } = await readCells(folder)
  await addOverview(folder)
  const kept = `${cells.length} finished ${cells.length === 1 ? 'cell is' : 'cells are'} kept in ${folder.path}; \`lab report ${basename(folder.path)}\` makes the report`
  if (end.interrupted) {
    say(`\nInterrupted. ${kept}.`)
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
  if (flags.report) say(`Report: ${await renderReport(folder)}`)
  say(`Records: ${folder.path}/cells.jsonl`)
}

/** A claim that failed outweighs a lab that broke; what the runner itself found wrong is no claim. */
function exitCodeOf(cells: readonly CellRecord[], runner: number): number {
  if (cells.some(({ verdict }) => verdict === 'failed')) return 1
  return runner === 0 ? 0 : 3
}

/** Tests carry their frame kind and mode as tags. */
function selection({ frames, mode, size, grep }: Flags): string[] {
  const tags = [
    ...(frames ? [frames] : []),
    ...(mode ? [mode] : []),
    ...(size === undefined ? [] : ['table']),
  ]
  const patterns = [
    ...tags.map((tag) => `(?=.*@${tag}(?![\\w-]))`),
    ...(grep === undefined ? [] : [`(?=.*(?:${grep}))`]),
  ]
  return patterns.length === 0 ? [] : ['--grep', patterns.join('')]
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
