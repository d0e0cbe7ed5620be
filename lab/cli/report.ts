/** `lab report`: renders a run again, or runs of many beds as one, and opens it. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { bedsOf, mergeBeds } from '../record/merge-beds.ts'
import { addOverview } from '../record/overview-report.ts'
import { renderReport } from '../record/report.ts'
import { latestRunFolder, RESULTS, type RunFolder, runFolder } from '../record/run-folder.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly open?: boolean
  /** Folders of runs. */
  readonly merge?: readonly string[]
  /** Folder of the merged report. */
  readonly to?: string
  /** Folder of what earlier reports leave to later ones. */
  readonly history?: string
}

const MERGED = 'merged'

/** @throws WrongUse, ReportFailed */
export async function report(run: string | undefined, flags: Flags): Promise<void> {
  const { open, merge, to, history } = flags
  if (merge !== undefined && run !== undefined)
    throw new WrongUse(`--merge names the runs itself: leave ${run} out, or name it there`)
  if (merge === undefined && to !== undefined) throw new WrongUse('--to is where --merge puts its report')
  const page = await renderReport(
    merge === undefined ? await oneRun(run) : merged(merge, to ?? join(RESULTS, MERGED)),
    history,
  )
  console.log(`Report: ${page}`)
  if (open)
    await execa('xdg-open', [page], { stdio: 'ignore' }).catch(() =>
      console.error(`No browser could be opened; open ${page} yourself.`),
    )
}

async function oneRun(run: string | undefined): Promise<RunFolder> {
  const folder = run === undefined ? latestRunFolder() : named(run)
  checkRun(folder)
  // A run that was cut short has none yet.
  await addOverview(folder)
  return folder
}

function merged(runs: readonly string[], to: string): RunFolder {
  const folders = runs.map(named)
  for (const folder of folders) checkRun(folder)
  const into = runFolder(resolve(to))
  if (folders.some(({ path }) => resolve(path) === into.path))
    throw new WrongUse(`${to} is one of the runs to merge: name another folder by --to`)
  const beds = bedsOf(folders)
  for (const file of mergeBeds(beds, into)) console.error(`${file} cannot be read, and is left out`)
  const names = [...new Set(beds.map(({ name }) => name))]
  console.log(`${names.length === 1 ? '1 bed' : `${names.length} beds`}: ${names.join(', ')}`)
  return into
}

const named = (run: string): RunFolder => runFolder(run.includes('/') ? run : join(RESULTS, run))

function checkRun(folder: RunFolder): void {
  if (!existsSync(folder.allureResults))
    throw new WrongUse(`${folder.path} holds no run: \`lab run\` makes one`)
}
