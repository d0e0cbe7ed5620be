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

/** Why fields are not, or not without reservation, ones that work. */
export interface Note {
  /** From 1 on, through the whole grid. */
  readonly number: number
  readonly kind: Exclude<Answer, 'works' | 'not run'>
  /** Fields of which it is said. */
  readonly of: readonly Pick<Field, 'target' | 'frames' | 'mode' | 'answer'>[]
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
  /** Numbers of its notes, those of its answer first. */
  readonly notes: readonly number[]
}

export interface Overview {
  /** Targets that were run, in the order of TARGETS; fields as in COLUMNS. */
  readonly rows: readonly { readonly target: Target; readonly fields: readonly Field[] }[]
  readonly notes: readonly Note[]
  /** Of all tables. */
  readonly counts: Counts
  /** Tests beside the tables. */
  readonly others: { readonly tests: number; readonly held: number; readonly unexplained: number }
}

export function overviewOf(cells: readonly CellRecord[]): Overview {
  const notes: Note[] = []
  const rows = TARGETS.filter((target) => cells.some(({ about }) => about?.target === target)).map(
    (target) => ({
      target,
      fields: COLUMNS.map(({ frames, mode }): Field => {
        const here = cells.filter(
          ({ about }) => about?.target === target && about.frames === frames && about.mode === mode,
        )
        const counts = countsOf(here.filter(({ table }) => table))
        const said = sayingsOf(here)
        const field = { target, frames, mode, answer: answerOf(counts, said), counts }
        return { ...field, notes: said.map((saying) => addNote(notes, field, saying)) }
      }),
    }),
  )
  const others = cells.filter(({ table, verdict }) => !table && verdict !== 'skipped')
  return {
    rows,
    notes,
    counts: countsOf(cells.filter(({ table }) => table)),
    others: {
      tests: testsOf(others),
      held: testsOf(others.filter(({ verdict }) => verdict === 'ok')),
      unexplained: countsOf(others).unexplained,
    },
  }
}

type Saying = Omit<Note, 'number' | 'of'>

/** What is said of several fields is said once. */
function addNote(notes: Note[], field: Note['of'][number], saying: Saying): number {
  const index = notes.findIndex(({ kind, what }) => kind === saying.kind && what === saying.what)
  if (index === -1) return notes.push({ ...saying, number: notes.length + 1, of: [field] })
  const before = notes[index]!
  notes[index] = {
    ...before,
    of: [...before.of, field],
    cells: before.cells + saying.cells,
    others: before.others + saying.others,
  }
  return before.number
}

/** Only its table says that something works; any test may say that something does not. */
function answerOf({ cells }: Counts, said: readonly Saying[]): Answer {
  if (said.some(({ kind }) => kind === 'fails')) return 'fails'
  if (cells === 0) return 'not run'
  const ofTable = new Set(said.filter((one) => one.cells > 0).map(({ kind }) => kind))
  return NOTED.find((kind) => ofTable.has(kind)) ?? 'works'
}

/** What outweighs what. */
const NOTED = ['fails', 'no answer', 'refused', 'skipped'] as const

function sayingsOf(cells: readonly CellRecord[]): Saying[] {
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
