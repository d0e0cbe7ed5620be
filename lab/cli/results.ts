/** `lab results`: what runs there are, one of them, fewer of them, and all of it for other programs. */
import { dirname } from 'node:path'
import { bedText } from '../record/environment.ts'
import { csv } from '../record/export/csv.ts'
import { junit } from '../record/export/junit.ts'
import { ktap } from '../record/export/ktap.ts'
import { isBeingWritten } from '../record/store/being-written.ts'
import { findRun } from '../record/store/find-run.ts'
import { prunable, removeRun } from '../record/store/prune.ts'
import { readRun, type StoredRun } from '../record/store/read-run.ts'
import { RunIndex } from '../record/store/run-index.ts'
import { beganOf, isRunName } from '../record/store/run-names.ts'
import type { RunFacts } from '../record/store/segment.ts'
import { closing } from './closing.ts'
import { inColumns } from './columns.ts'
import { measurementTable } from './measurement-table.ts'
import { sayUnread } from './say-unread.ts'
import { WrongUse } from './wrong-use.ts'

interface InResults {
  readonly results: string
}

export function listResults({ results, json }: InResults & { readonly json?: boolean }): void {
  const index = RunIndex.open(results, console.error)
  const { runs } = index
  index.close()
  if (json) {
    for (const run of runs)
      console.log(JSON.stringify({ ...run, began: beganOf(run.name), state: stateOf(results, run) }))
    return
  }
  if (runs.length === 0) {
    console.log(`There are no runs in ${results} yet: \`lab run\` makes one.`)
    return
  }
  const rows = runs.map((run) => [
    run.name,
    run.topology || '-',
    run.driver || '-',
    run.kernel || '-',
    stateOf(results, run),
    run.summary ? countsText(run.summary) : `${run.cells} cells`,
    String(run.measurements),
  ])
  console.log(
    inColumns(['run', 'topology', 'driver', 'kernel', 'state', 'tests', 'measurements'], rows, [
      'measurements',
    ]),
  )
  sayUnread(results, runs)
}

function stateOf(results: string, { name, summary }: Pick<RunFacts, 'name' | 'summary'>): string {
  if (summary) return 'finished'
  return isBeingWritten(results, name, Date.now()) ? 'being written' : 'cut short'
}

function countsText({ passed, failed, skipped }: NonNullable<RunFacts['summary']>): string {
  const parts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])]
  return parts.join(', ')
}

/** @throws NoSuchRun */
export function showResult(name: string, { results }: InResults): void {
  const path = findRun(results, name)
  const run = readRun(path)
  sayUnread(dirname(path), [run])
  const bed = bedText(run.environment)
  const state = isRunName(run.name) ? stateOf(dirname(path), run) : 'copied'
  console.log(
    [
      `${run.name}: ${state}${run.summary ? `, ${countsText(run.summary)}` : ''}`,
      ...(bed === '' ? [] : [bed]),
      ...Object.entries(run.environment).map(([fact, value]) => `  ${fact}: ${value}`),
    ].join('\n'),
  )
  for (const part of [closing(run.cells, bed), measurementTable(run.measurements)])
    if (part !== '') console.log(`\n${part}`)
}

interface PruneFlags extends InResults {
  readonly keep?: number
  /** Milliseconds. */
  readonly olderThan?: number
  readonly dryRun?: boolean
}

/** @throws WrongUse, RemovalRefused */
export function pruneResults({ results, keep, olderThan, dryRun = false }: PruneFlags): void {
  if (keep === undefined && olderThan === undefined)
    throw new WrongUse('say which runs may go: all but the newest (--keep 30), or the old (--older-than 90d)')
  const what = keep === undefined ? { olderThanMs: olderThan! } : { keep }
  const { going, staying } = prunable(results, what, new Date())
  for (const { name, why } of staying) console.log(`stays    ${name}: ${why}`)
  for (const { name, bytes } of going) {
    if (!dryRun) removeRun(results, name)
    console.log(`${dryRun ? 'would go' : 'removed '} ${name}: ${bytesText(bytes)}`)
  }
  const sum = going.reduce((total, { bytes }) => total + bytes, 0)
  const runs = `${going.length} ${going.length === 1 ? 'run' : 'runs'}, ${bytesText(sum)}`
  console.log(dryRun ? `${runs} would go; nothing was removed` : `${runs} removed`)
}

function bytesText(bytes: number): string {
  for (const [worth, unit] of [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ] as const)
    if (bytes >= worth) return `${(bytes / worth).toFixed(1)} ${unit}`
  return `${bytes} bytes`
}

const FORMATS = {
  csv,
  json: (runs: readonly StoredRun[]) => `${JSON.stringify(runs, null, 1)}\n`,
  junit,
  ktap,
} as const
export const EXPORT_FORMATS = Object.keys(FORMATS) as (keyof typeof FORMATS)[]

/** To standard output; the latest run when none is named. @throws NoSuchRun */
export function exportResults(
  names: readonly string[],
  { results, format }: InResults & { readonly format: keyof typeof FORMATS },
): void {
  const paths = (names.length === 0 ? ['latest'] : names).map((name) => findRun(results, name))
  const runs = paths.map(readRun)
  for (const [index, run] of runs.entries()) sayUnread(dirname(paths[index]!), [run])
  process.stdout.write(FORMATS[format](runs))
}
