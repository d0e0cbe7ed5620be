/** What a results folder knows of one quantity of one cell, and of one test, over all its runs. */
import { z } from 'zod'
import type { CellVerdict } from '../cell.ts'
import { BenchCell, Measurement } from '../measurement.ts'

/** Measurements are of one series when all of this is equal. */
export const SeriesId = z.object({
  cell: BenchCell,
  quantity: Measurement.shape.quantity,
  atLoad: Measurement.shape.atLoad,
})
export type SeriesId = Readonly<z.infer<typeof SeriesId>>

/** A measurement, as much of it as a history shows; the rest is in the run that it names. */
export interface Point extends Pick<Measurement, 'value' | 'lower' | 'upper' | 'irregular' | 'invalid'> {
  readonly run: string
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface Series extends SeriesId {
  /** In the order in which their runs began, and of time within a run. */
  readonly points: readonly Point[]
}

/** A letter for each verdict; `-` where a run did not have the test. */
export const VERDICT_LETTERS = {
  ok: 'o',
  failed: 'f',
  skipped: 's',
  infra: 'i',
} as const satisfies Record<CellVerdict, string>
export const ABSENT = '-'

export interface TestHistory {
  /** Empty for a run that never came to its bed. */
  readonly topology: string
  readonly suite: string
  readonly title: string
  /** A letter for each run of the index, in its order. Runs on other topologies do not have this test. */
  readonly verdicts: string
}

/** One string for each series, the same in all runs. */
export function keyOf({ cell, quantity, atLoad }: SeriesId): string {
  const { topology, target, frames, mode, size, cores } = cell
  return JSON.stringify([topology, target, frames, mode, size, cores, quantity, atLoad ?? null])
}
