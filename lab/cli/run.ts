/** `lab run`: suites by name, with what their tables shall offer. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { makeRunFolder } from '../record/run-folder.ts'
import { loadTopology } from '../topology/load.ts'
import type { FrameKind } from '../units/frame.ts'
import type { Rate } from '../units/rate.ts'
import type { Mode } from '../units/redirect.ts'
import type { DISPROOFS, RunOptions } from './run-options.ts'
import { runSuites } from './run-suites.ts'
import { chosenProfile } from './chosen-profile.ts'
import { selection } from './selection.ts'
import { chooseSuites } from './suites.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly topology: string
  readonly frames?: FrameKind
  readonly mode?: Mode
  readonly size?: number
  readonly evidence: RunOptions['evidence']
  readonly repeat: number
  readonly framesPerCell?: number
  readonly rate?: Rate
  readonly program?: string
  readonly profile?: string
  readonly grep?: string
  readonly report: boolean
  readonly takeOver?: boolean
  readonly json?: boolean
  readonly disprove?: (typeof DISPROOFS)[number]
}

/** @throws WrongUse, InvalidTopology before anything is touched; RunnerEnded, ReportFailed. */
export async function run(names: readonly string[], flags: Flags): Promise<void> {
  const suites = chooseSuites(names)
  const { topology } = await loadTopology(flags.topology)
  if (flags.program !== undefined && !existsSync(flags.program))
    throw new WrongUse(`there is no program ${flags.program}`)
  const profile = chosenProfile(suites, topology, flags.profile)
  const folder = makeRunFolder(new Date())
  const { frames, mode, size, framesPerCell, rate } = flags
  await runSuites({
    suites,
    folder,
    options: {
      topology: resolve(flags.topology),
      folder: folder.path,
      evidence: flags.evidence,
      json: flags.json ?? false,
      ...(frames && { frames }),
      ...(mode && { mode }),
      ...(size && { size }),
      ...(framesPerCell && { framesPerCell }),
      ...(rate && { rate }),
      ...(profile !== undefined && { profile }),
      ...(flags.takeOver && { takeOver: true }),
      ...(flags.disprove && { disprove: flags.disprove }),
      ...(flags.program !== undefined && { program: resolve(flags.program) }),
    },
    select: selection(flags),
    repeat: flags.repeat,
    report: flags.report,
    records: 'cells.jsonl',
  })
}
