/** `lab nightly`: all that one bed can say in a night, judged by the nights before it, with one summary for the morning. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brokenLab, noteBrokenLab } from '../record/broken-lab.ts'
import { readEnvironment, writeEnvironment } from '../record/environment.ts'
import { readMeasurements } from '../record/measurement.ts'
import type { Accepted } from '../record/night/good-nights.ts'
import { judgeFigures, type Judged } from '../record/night/judge-figures.ts'
import { type Night, type NightRecord, readNights, writeNight } from '../record/night/night.ts'
import { addNight } from '../record/night/night-report.ts'
import { testsOf } from '../record/night/night-tests.ts'
import { exitOf, nightText } from '../record/night/night-text.ts'
import { renderReport } from '../record/report.ts'
import { makeRunFolder, readCells, type RunFolder, runFolder, writeSummary } from '../record/run-folder.ts'
import { baselineFile, baselineNames, readBaseline } from '../record/store/baseline.ts'
import { type LoadedTopology, loadTopology } from '../topology/load.ts'
import type { Mode, Target } from '../units/redirect.ts'
import { type BenchPlan, planBench } from './bench-plan.ts'
import { generatorAlive } from './generator-alive.ts'
import type { RunOptions } from './run-options.ts'
import { RunnerEnded, runSuites } from './run-suites.ts'
import { selection } from './selection.ts'
import { chooseSuites } from './suites.ts'
import { targetsNamed } from './targets-named.ts'
import { UNTROUBLED } from './untroubled.ts'
import { WrongUse } from './wrong-use.ts'

export const NIGHT_PARTS = ['functional', 'drops', 'bench'] as const
export type NightPart = (typeof NIGHT_PARTS)[number]

interface Flags {
  readonly topology: string
  /** Another topology of the same bed for what is no benchmark. */
  readonly functional?: string
  readonly parts: readonly NightPart[]
  readonly sizes: readonly number[]
  readonly mode: Mode
  /** Milliseconds for the benchmarks. */
  readonly budget?: number
  readonly selfTest?: readonly [string, string]
  readonly results: string
  readonly report: boolean
}

/** What a night is about, known before anything is touched. */
interface Plan {
  readonly flags: Flags
  readonly targets: readonly Target[]
  /** Whether targets were named: then only their suites are run. */
  readonly named: boolean
  readonly bench: BenchPlan
  readonly loaded: LoadedTopology
  readonly past: readonly Night[]
  readonly accepted: Accepted | undefined
}

/** The virtual lab that is tuned for rates loses frames where nothing else should. */
const VIRTUAL = { bench: 'topologies/local-bench.yaml', functional: 'topologies/local.yaml' } as const

const functionalOf = ({ functional, topology }: Flags): string =>
  functional ?? (topology === VIRTUAL.bench ? VIRTUAL.functional : topology)

/** Of re-runs that were invalid, some more are tried once. */
const ROUNDS = 2

/** @throws WrongUse, InvalidTopology, InvalidBaseline before anything is touched; ReportFailed. */
export async function nightly(names: readonly string[], flags: Flags): Promise<void> {
  const plan = await planNight(names, flags)
  const began = new Date()
  const folder = makeRunFolder(began, resolve(flags.results))
  const notes = [...plan.bench.notes]
  const interrupted = await runNight(plan, folder, notes)
  if (interrupted) return
  await closeNight(plan, folder, began, notes)
}

async function planNight(names: readonly string[], flags: Flags): Promise<Plan> {
  const targets = targetsNamed(names)
  const loaded = await loadTopology(flags.topology)
  await loadTopology(functionalOf(flags))
  const cells = targets.length * flags.sizes.length
  const seconds = flags.budget === undefined ? {} : { seconds: flags.budget / 1000 }
  const { name } = loaded.topology
  const results = resolve(flags.results)
  return {
    flags,
    targets,
    named: names.length > 0,
    bench: flags.parts.includes('bench')
      ? planBench({ cells, ...seconds })
      : { suites: [], searchSeconds: 0, notes: [] },
    loaded,
    past: readNights(results, name, (file) =>
      console.error(`${file} cannot be read, and that night is left out`),
    ),
    accepted: acceptedOf(results, name),
  }
}

/** The baseline of the name of the topology. */
function acceptedOf(results: string, topology: string): Accepted | undefined {
  if (!baselineNames(results).includes(topology)) return undefined
  const { run, accepted } = readBaseline(baselineFile(results, topology))
  return { run, at: accepted.at }
}

/** @returns whether somebody interrupted it; a lab that broke is noted in the folder. */
async function runNight(plan: Plan, folder: RunFolder, notes: string[]): Promise<boolean> {
  try {
    notes.push(await generatorAlive(plan.loaded, plan.flags.selfTest))
  } catch (error) {
    if (error instanceof WrongUse) throw error
    noteBrokenLab(folder.path, error)
  }
  for (const part of NIGHT_PARTS) {
    if (!plan.flags.parts.includes(part) || brokenLab(folder.path)) continue
    console.log(`\n── ${part} ──`)
    if (await runPart(folder, partOf(plan, folder, part))) return true
  }
  if (!plan.flags.parts.includes('bench')) return false
  for (let round = 0; round < ROUNDS && !brokenLab(folder.path); round++) {
    const { rerun } = await judged(plan, folder)
    for (const runs of new Set(rerun.map((one) => one.runs))) {
      const cells = rerun.filter((one) => one.runs === runs)
      console.log(
        `\n── ${cells.length === 1 ? '1 suspicious cell' : `${cells.length} suspicious cells`}, ${runs} times more ──`,
      )
      if (await runPart(folder, againOf(plan, folder, cells))) return true
    }
  }
  return false
}

type Part = Omit<Parameters<typeof runSuites>[0], 'folder' | 'report'>

/** @returns whether somebody interrupted it. A runner that dies is the lab's fault, and ends the night. */
async function runPart(folder: RunFolder, part: Part): Promise<boolean> {
  try {
    await runSuites({ ...part, folder, report: false })
  } catch (error) {
    if (!(error instanceof RunnerEnded)) throw error
    noteBrokenLab(folder.path, error)
  }
  return Number(process.exitCode ?? 0) > 128
}

function partOf(plan: Plan, folder: RunFolder, part: NightPart): Part {
  const { flags, targets, named } = plan
  const claims = {
    options: {
      topology: resolve(functionalOf(flags)),
      folder: folder.path,
      evidence: 'full',
      json: false,
      rate: UNTROUBLED,
    } satisfies RunOptions,
    repeat: 1,
    select: [],
    records: 'cells.jsonl',
  } as const
  switch (part) {
    case 'functional':
      return { ...claims, suites: chooseSuites(named ? targets : []) }
    case 'drops':
      return { ...claims, suites: chooseSuites(['drops']) }
    case 'bench':
      return { ...benchOf(plan, folder), suites: chooseSuites(plan.bench.suites), repeat: 1 }
    default:
      return part satisfies never
  }
}

function againOf(plan: Plan, folder: RunFolder, cells: Judged['rerun']): Part {
  const { options, ...part } = benchOf(plan, folder)
  const again = cells.map(({ cell: { target, frames, mode, size } }) => ({ target, frames, mode, size }))
  return {
    ...part,
    options: { ...options, bench: { ...options.bench, again } },
    suites: chooseSuites(['throughput']),
    repeat: cells[0]!.runs,
  }
}

function benchOf({ flags, targets, bench }: Plan, folder: RunFolder) {
  return {
    options: {
      topology: resolve(flags.topology),
      folder: folder.path,
      evidence: 'light' as const,
      json: false,
      bench: {
        targets: [...targets],
        sizes: [...flags.sizes],
        goals: ['ndr', 'pdr'],
        seconds: bench.searchSeconds,
      },
    },
    select: selection({ mode: flags.mode }),
    records: 'measurements.jsonl',
  }
}

async function judged({ past, accepted }: Plan, folder: RunFolder): Promise<Judged> {
  return judgeFigures(past, (await readMeasurements(folder)).measurements, accepted)
}

async function closeNight(
  plan: Plan,
  folder: RunFolder,
  began: Date,
  notes: readonly string[],
): Promise<void> {
  const { flags, loaded, past } = plan
  // A night that never came to its bed still is one of that bed.
  if (Object.keys(readEnvironment(folder)).length === 0)
    writeEnvironment(folder, {
      topology: `${loaded.topology.name} (${loaded.hash})`,
      began: began.toISOString(),
    })
  const environment = readEnvironment(folder)
  const broken = brokenLab(folder.path)
  const tonight: NightRecord = {
    schema: 1,
    topology: loaded.topology.name,
    driver: environment['driver'] ?? '',
    began: began.toISOString(),
    ...(broken === undefined ? {} : { broken: broken.message }),
    figures: [...(await judged(plan, folder)).figures],
  }
  writeNight(folder, tonight)
  const run = folder.path.split('/').at(-1)!
  const { cells } = await readCells(folder)
  const before = past.at(-1)
  const cellsBefore = before
    ? (await readCells(runFolder(join(resolve(flags.results), before.run)))).cells
    : []
  const tests = testsOf(cells, cellsBefore)
  const nights = [...past, { ...tonight, run }]
  const text = nightText(tonight, tests, nights, notes)
  const exit = exitOf(tonight, tests)
  const of = (...verdicts: string[]) => cells.filter(({ verdict }) => verdicts.includes(verdict)).length
  writeSummary(folder, { passed: of('ok'), failed: of('failed', 'infra'), skipped: of('skipped') })
  writeFileSync(join(folder.path, 'night.txt'), `${text}\n`)
  await addNight(folder, { tonight, text, nights, environment, exit })
  console.log(`\n${text}\n`)
  if (flags.report) {
    const history = join(resolve(flags.results), 'allure-history', loaded.topology.name)
    console.log(`Report: ${await renderReport(folder, history)}`)
  }
  console.log(`Records: ${folder.path}`)
  process.exitCode = exit
}
