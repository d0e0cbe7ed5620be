/** `lab bench`: how fast, within the time given. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { forgetBrokenLab } from '../record/broken-lab.ts'
import { RESULTS, latestRunFolder, makeRunFolder, type RunFolder, runFolder } from '../record/run-folder.ts'
import { loadTopology } from '../topology/load.ts'
import { chosenGoals } from '../measure/search/goal.ts'
import type { FrameKind } from '../units/frame.ts'
import type { Mode } from '../units/redirect.ts'
import { planBench } from './bench-plan.ts'
import { RunOptions } from './run-options.ts'
import { runSuites } from './run-suites.ts'
import { selection } from './selection.ts'
import { chooseSuites } from './suites.ts'
import { targetsNamed } from './targets-named.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly topology: string
  readonly sizes: readonly number[]
  readonly goal: readonly string[]
  readonly mode: Mode
  readonly frames?: FrameKind
  readonly suite?: readonly string[]
  /** Milliseconds. */
  readonly budget?: number
  /** Name of a run, or true for the latest. */
  readonly resume?: string | true
  readonly report: boolean
  readonly json?: boolean
}

/** What a run was asked to do, so that it can be resumed. */
const Asked = z.object({
  options: RunOptions,
  suites: z.array(z.string()),
  select: z.array(z.string()),
})
type Asked = Readonly<z.infer<typeof Asked>>

/** @throws WrongUse, InvalidTopology before anything is touched; RunnerEnded, ReportFailed. */
export async function bench(targets: readonly string[], flags: Flags): Promise<void> {
  const asked = flags.resume === undefined ? await ask(targets, flags) : askedBefore(folderOf(flags.resume))
  await loadTopology(asked.options.topology)
  const folder = runFolder(asked.options.folder)
  forgetBrokenLab(folder.path)
  await runSuites({
    suites: chooseSuites(asked.suites),
    folder,
    options: asked.options,
    select: asked.select,
    repeat: 1,
    report: flags.report,
    records: 'measurements.jsonl',
  })
}

async function ask(names: readonly string[], flags: Flags): Promise<Asked> {
  const targets = targetsNamed(names)
  checkGoals(flags.goal)
  await loadTopology(flags.topology)
  const plan = planBench({
    cells: targets.length * flags.sizes.length,
    ...(flags.suite === undefined ? {} : { suites: flags.suite }),
    ...(flags.budget === undefined ? {} : { seconds: flags.budget / 1000 }),
  })
  for (const line of plan.notes) console.error(line)
  const folder = makeRunFolder(new Date())
  const asked: Asked = {
    options: {
      topology: resolve(flags.topology),
      folder: folder.path,
      evidence: 'light',
      json: flags.json ?? false,
      bench: {
        targets: [...targets],
        sizes: [...flags.sizes],
        goals: [...flags.goal],
        seconds: plan.searchSeconds,
      },
    },
    suites: [...plan.suites],
    select: selection({ mode: flags.mode, ...(flags.frames && { frames: flags.frames }) }),
  }
  writeFileSync(fileIn(folder), `${JSON.stringify(asked, null, 1)}\n`)
  return asked
}

const fileIn = ({ path }: RunFolder): string => join(path, 'bench.json')

/** A folder that was copied elsewhere is resumed where it is now. */
function askedBefore(folder: RunFolder): Asked {
  try {
    const asked = Asked.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')))
    return { ...asked, options: { ...asked.options, folder: folder.path } }
  } catch (error) {
    throw new WrongUse(
      `${folder.path} cannot be resumed: it has no bench.json that can be read (${whyNot(error)}). ` +
        '`lab bench` writes one; name the folder of a run that was interrupted',
    )
  }
}

const whyNot = (error: unknown): string =>
  error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : (error as Error).message

const folderOf = (run: string | true): RunFolder =>
  run === true ? latestRunFolder() : runFolder(resolve(RESULTS, run))

function checkGoals(names: readonly string[]): void {
  try {
    chosenGoals(names)
  } catch (error) {
    throw new WrongUse((error as Error).message)
  }
}
