/** What is compared: two sides, each of some runs of one state of the thing under test. */
import { topologyName } from '../environment.ts'
import type { Outcome as StoredOutcome, Run } from '../store/read-run.ts'

/** What became of a test. */
export type Outcome = Omit<StoredOutcome, 'about'>

export type ComparedRun = Omit<Run, 'cells'> & { readonly cells: readonly Outcome[] }

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

/** Name of the topology that a run was on. */
export const bedOf = ({ environment, measurements: [first] }: ComparedRun): string =>
  topologyName(environment) ?? first?.cell.topology ?? UNKNOWN_BED
