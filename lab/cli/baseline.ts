/** `lab baseline`: runs that were accepted as what is expected. */
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { bedText, topologyName } from '../record/environment.ts'
import {
  type Baseline,
  baselineFile,
  baselineNames,
  InvalidBaseline,
  isBaselineName,
  readBaseline,
  writeBaseline,
} from '../record/store/baseline.ts'
import { isBeingWritten } from '../record/store/being-written.ts'
import { findRun } from '../record/store/find-run.ts'
import { readRun } from '../record/store/read-run.ts'
import { isRunName } from '../record/store/run-names.ts'
import { inColumns } from './columns.ts'
import { measurementTable } from './measurement-table.ts'
import { sayUnread } from './say-unread.ts'
import { WrongUse } from './wrong-use.ts'

interface InResults {
  readonly results: string
}

/** @throws WrongUse, NoSuchRun, InvalidBaseline */
export async function acceptBaseline(
  name: string,
  { results, why, name: given }: InResults & { readonly why: string; readonly name?: string },
): Promise<void> {
  if (why.trim() === '') throw new WrongUse('say why this run is what is expected: --why "…"')
  const path = findRun(results, name)
  const run = readRun(path)
  const as = given ?? topologyName(run.environment) ?? ''
  if (!isBaselineName(as))
    throw new WrongUse(
      given === undefined
        ? `${run.name} does not say its topology, whose name the baseline would have: give it one by --name`
        : `a baseline’s name is made of letters, digits, dots, hyphens and underscores; got ${JSON.stringify(given)}`,
    )
  if (isRunName(run.name) && isBeingWritten(dirname(path), run.name, Date.now()))
    throw new WrongUse(`${run.name} is being written: wait for its end`)
  if (run.cells.length + run.measurements.length === 0)
    throw new WrongUse(`${run.name} has neither tests nor measurements: there is nothing to accept`)
  sayUnread(dirname(path), [run])
  const before = baselineNames(results).includes(as) ? earlier(baselineFile(results, as)) : undefined
  const accepted = { at: new Date().toISOString(), by: await whoAmI(), why: why.trim() }
  const file = writeBaseline(results, as, run, accepted)
  const failed = run.cells.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'skipped').length
  console.log(
    [
      `Baseline ${as}: ${contents(run)} of ${run.name}, accepted by ${accepted.by}.`,
      ...(failed > 0 ? [`${failed} of its tests did not pass: they are accepted as they are.`] : []),
      ...(before === undefined ? [] : [`It takes the place of ${before}.`]),
      `Review and commit it: ${file}`,
    ].join('\n'),
  )
}

function earlier(file: string): string {
  try {
    const { run, accepted } = readBaseline(file)
    return `the one of ${run}, accepted by ${accepted.by} on ${accepted.at.slice(0, 10)}`
  } catch {
    return 'one that could not be read'
  }
}

export function listBaselines({ results }: InResults): void {
  const baselines = baselineNames(results).flatMap((name) => {
    try {
      return [readBaseline(baselineFile(results, name))]
    } catch (error) {
      if (!(error instanceof InvalidBaseline)) throw error
      console.error(error.message)
      return []
    }
  })
  if (baselines.length === 0) {
    console.log('There are no baselines yet: `lab baseline accept RUN --why "…"` makes one.')
    return
  }
  const rows = baselines.map(({ name, accepted, run, environment, ...content }) => [
    name,
    accepted.at.slice(0, 10),
    accepted.by,
    run,
    environment['driver'] ?? '-',
    environment['kernel'] ?? '-',
    contents(content),
    accepted.why,
  ])
  console.log(inColumns(['name', 'accepted', 'by', 'run', 'driver', 'kernel', 'holds', 'why'], rows))
}

/** @throws InvalidBaseline */
export function showBaseline(name: string, { results }: InResults): void {
  const baseline = readBaseline(name.includes('/') ? name : baselineFile(results, name))
  const { accepted, run, environment, cells, measurements } = baseline
  const rows = cells
    .filter(({ verdict, refused }) => verdict !== 'ok' || refused !== undefined)
    .map(({ suite, title, verdict, message, refused }) => [
      suite,
      verdict === 'ok' ? 'refused' : verdict,
      title,
      refused ?? message ?? '',
    ])
  console.log(
    [
      `${baseline.name}: ${contents(baseline)}`,
      bedText(environment),
      `accepted on ${accepted.at.slice(0, 10)} by ${accepted.by}, of run ${run}: ${accepted.why}`,
      ...(rows.length === 0
        ? ['', 'All of its tests are ok.']
        : [
            '',
            `${cells.length - rows.length} tests are ok, these are not, or are as the kernel documents it:`,
            inColumns(['suite', 'verdict', 'test', ''], rows),
          ]),
      ...(measurements.length === 0 ? [] : ['', measurementTable(measurements)]),
    ].join('\n'),
  )
}

function contents({ cells, measurements }: Pick<Baseline, 'cells' | 'measurements'>): string {
  const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
  return [
    ...(cells.length > 0 ? [plural(cells.length, 'test')] : []),
    ...(measurements.length > 0 ? [plural(measurements.length, 'measurement')] : []),
  ].join(' and ')
}

/** As git would sign it, else by the name of the account; behind sudo, of whoever called it. */
async function whoAmI(): Promise<string> {
  const { exitCode, stdout } = await execa('git', ['config', 'user.name'], {
    reject: false,
    stderr: 'ignore',
  })
  return (exitCode === 0 && stdout.trim()) || process.env['SUDO_USER'] || userInfo().username
}
