/** Cells as a run leaves them, made without one. */
import { type CellRecord, NO_OUTCOME } from '../../../lab/record/cell.ts'
import { FRAME_KINDS } from '../../../lab/units/frame.ts'
import { MODES, type Target } from '../../../lab/units/redirect.ts'

const SIZES = { linear: [64, 1518], 'non-linear': [4000] } as const

export type Where = readonly [Target, 'linear' | 'non-linear', 'native' | 'generic']

/** A cell of a table in which all of 1000 frames arrived. */
export function whole([target, frames, mode]: Where, size = 64): CellRecord {
  return {
    ...NO_OUTCOME,
    suite: target,
    title: `every ${frames} frame of ${size} bytes arrives whole through ${target}, ${mode}`,
    table: true,
    about: { target, frames, mode },
    cell: { target, frames, mode, size },
    offered: 1000,
    received: 1000,
    verdict: 'ok',
  }
}

/** A test beside the table in which all of 1000 frames are lost on purpose. */
export function claim([target, frames, mode]: Where, title = 'a program that drops'): CellRecord {
  return {
    ...whole([target, frames, mode]),
    title: `${title}, ${frames}, ${mode}`,
    table: false,
    received: 0,
    lost: [{ stage: 'program', reason: 'XDP_DROP', count: 1000 }],
  }
}

/** The whole table of a target. */
export function tableOf(target: Target): CellRecord[] {
  return FRAME_KINDS.flatMap((frames) =>
    MODES.flatMap((mode) => SIZES[frames].map((size) => whole([target, frames, mode], size))),
  )
}

export const LOST = {
  verdict: 'failed',
  received: 1,
  lost: [
    { stage: 'program', reason: 'XDP_ABORTED', count: 100 },
    { stage: 'redirect', reason: 'ENOSPC', count: 899 },
  ],
  message: 'LOST: 999 of 1000 frames did not arrive',
} as const satisfies Partial<CellRecord>

/** A test that ended before its first trial. */
export const NO_TRIAL = {
  cell: null,
  offered: 0,
  received: 0,
  lost: [],
} as const satisfies Partial<CellRecord>
