/** What is compared: two sides, each of some runs of one state of the thing under test. */
import type { CellRecord } from '../cell.ts'
import type { RunEnvironment } from '../environment.ts'
import type { Measurement } from '../measurement.ts'

/** What became of a test. */
export type Outcome = Pick<CellRecord, 'suite' | 'title' | 'verdict' | 'message' | 'refused'>

export interface ComparedRun {
  readonly name: string
  readonly environment: RunEnvironment
  readonly cells: readonly Outcome[]
  readonly measurements: readonly Measurement[]
}

/** A: the baseline; B: the candidate. */
export type SideName = 'A' | 'B'

export interface Side {
  /** As the user calls it. */
  readonly name: string
  readonly runs: readonly ComparedRun[]
}

export interface Sides<T> {
  readonly A: T
  readonly B: T
}

export const bothSides = <From, To>({ A, B }: Sides<From>, make: (side: From) => To): Sides<To> => ({
  A: make(A),
  B: make(B),
})

const UNKNOWN_BED = '(no bed)'

/** Name of the topology, without the hash of its file, which changes with every edit. */
export function bedOf({ environment: { topology }, measurements: [first] }: ComparedRun): string {
  return topology?.replace(/ \(\w+\)$/, '') ?? first?.cell.topology ?? UNKNOWN_BED
}
