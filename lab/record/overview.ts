/** Which redirects work, at a glance: the cells of a run folded into a grid of targets. Pure. */
import { reasonFor } from '../measure/reasons.ts'
import { FRAME_KINDS, type FrameKind } from '../units/frame.ts'
import { type Mode, MODES, type Target, TARGETS } from '../units/redirect.ts'
import type { CellRecord } from './cell.ts'

/** `no answer`: the lab broke or a trial was invalid, which says nothing about the driver. */
export const ANSWERS = ['works', 'fails', 'refused', 'skipped', 'no answer', 'not run'] as const
export type Answer = (typeof ANSWERS)[number]

export const COLUMNS: readonly { readonly frames: FrameKind; readonly mode: Mode }[] = FRAME_KINDS.flatMap(
  (frames) => MODES.map((mode) => ({ frames, mode })),
)

export interface Counts {
  readonly cells: number
  readonly offered: number
  /** Frames lost with a name. */
  readonly lost: number
  readonly unexplained: number
}

/** Why a field is not, or not without reservation, one that works. */
export interface Note {
  /** From 1 on, through the whole grid. */
  readonly number: number
  readonly kind: Exclude<Answer, 'works' | 'not run'>
  /** In few words: `1299 redirect: ENOSPC`. */
  readonly what: string
  /** What that means, and what to try. */
  readonly meaning?: string
  /** The first test that says so. */
  readonly title: string
  /** Cells of the table, and other tests, that say something of this kind. */
  readonly cells: number
  readonly others: number
}

export interface Field {
  readonly target: Target
  readonly frames: FrameKind
  readonly mode: Mode
  readonly answer: Answer
  /** Of its table. */
  readonly counts: Counts
  readonly notes: readonly Note[]
}

export interface Overview {
  /** Targets that were run, in the order of TARGETS; fields as in COLUMNS. */
  readonly rows: readonly { readonly target: Target; readonly fields: readonly Field[] }[]
  /** Of all tables. */
  readonly counts: Counts
  /** Tests beside the tables. */
  readonly others: { readonly tests: number; readonly held: number; readonly unexplained: number }
}

export function overviewOf(cells: readonly CellRecord[]): Overview {
  let number = 0
  const rows = TARGETS.filter((target) => cells.some(({ about }) => about?.target === target)).map(
    (target) => ({
      target,
      fields: COLUMNS.map(({ frames, mode }): Field => {
        const here = cells.filter(
          ({ about }) => about?.target === target && about.frames === frames && about.mode === mode,
        )
        const counts = countsOf(here.filter(({ table }) => table))
        const notes = notesOf(here).map((note) => ({ ...note, number: ++number }))
        return { target, frames, mode, answer: answerOf(counts, notes), counts, notes }
      }),
    }),
  )
  const others = cells.filter(({ table }) => !table)
  return {
    rows,
    counts: countsOf(cells.filter(({ table }) => table)),
    others: {
      tests: testsOf(others),
      held: testsOf(others.filter(({ verdict }) => verdict === 'ok')),
      unexplained: countsOf(others).unexplained,
    },
  }
}

/** Only its table says that something works; any test may say that something does not. */
function answerOf({ cells }: Counts, notes: readonly Note[]): Answer {
  if (notes.some(({ kind }) => kind === 'fails')) return 'fails'
  if (cells === 0) return 'not run'
  const ofTable = new Set(notes.filter((note) => note.cells > 0).map(({ kind }) => kind))
  return NOTED.find((kind) => ofTable.has(kind)) ?? 'works'
}

/** What outweighs what. */
const NOTED = ['fails', 'no answer', 'refused', 'skipped'] as const

function notesOf(cells: readonly CellRecord[]): Omit<Note, 'number'>[] {
  return NOTED.flatMap((kind) => {
    // A test that was skipped beside the table takes nothing away from what works.
    const saying = cells.filter((cell) => kindOf(cell) === kind && (cell.table || kind !== 'skipped'))
    const [ofTable, others] = [saying.filter(({ table }) => table), saying.filter(({ table }) => !table)]
    const first = ofTable[0] ?? others[0]
    if (!first) return []
    return { kind, ...reasonOf(first), title: first.title, cells: ofTable.length, others: testsOf(others) }
  })
}

function kindOf({ verdict, message, refused }: CellRecord): Note['kind'] | undefined {
  switch (verdict) {
    case 'ok':
      return refused === undefined ? undefined : 'refused'
    case 'failed':
      return message?.startsWith('INVALID: ') ? 'no answer' : 'fails'
    case 'infra':
      return 'no answer'
    case 'skipped':
      return 'skipped'
    default:
      return verdict satisfies never
  }
}

/** In a table nothing may be lost: what was lost is the reason. Elsewhere losses are expected. */
function reasonOf({ table, about, lost, unexplained, verdict, message, refused }: CellRecord): {
  what: string
  meaning?: string
} {
  if (verdict === 'ok') return { what: refused ?? '' }
  const [most] = [...lost].sort((a, b) => b.count - a.count)
  if (!table || verdict !== 'failed' || (!most && unexplained === 0))
    return { what: message ?? `${verdict} without a word` }
  if (!most) return { what: `${unexplained} unexplained` }
  const known = about && reasonFor(most.stage, most.reason, about.target)
  return {
    what: `${most.count} ${most.stage}: ${most.reason}`,
    ...(known && { meaning: `${known.meaning} (${known.where}). Try: ${known.try}` }),
  }
}

function countsOf(cells: readonly CellRecord[]): Counts {
  const total = (one: (cell: CellRecord) => number) => cells.reduce((sum, cell) => sum + one(cell), 0)
  return {
    cells: cells.length,
    offered: total(({ offered }) => offered),
    lost: total(({ lost }) => lost.reduce((sum, { count }) => sum + count, 0)),
    // One frame too many does not make up for one too few.
    unexplained: total(({ unexplained }) => Math.abs(unexplained)),
  }
}

/** A test may make several trials, which are a cell each. */
const testsOf = (cells: readonly CellRecord[]): number =>
  new Set(cells.map(({ suite, title }) => `${suite}: ${title}`)).size
