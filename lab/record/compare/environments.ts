/** In what the beds of two sides differ: the factor under test, what forbids a comparison, what no side keeps constant. */
import { bedOf, type ComparedRun, type Side, type SideName, type Sides } from './side.ts'

export interface FactDifference extends Sides<readonly string[]> {
  readonly bed: string
  readonly fact: string
}

export interface FactWithin {
  readonly side: SideName
  readonly bed: string
  readonly fact: string
  readonly values: readonly { readonly value: string; readonly runs: number }[]
}

export interface EnvironmentDifferences {
  /** Figures of these beds cannot be compared: what they were measured with is not the same. */
  readonly forbidding: readonly FactDifference[]
  /** Between the sides: the factor under test should be here, and nothing else. */
  readonly between: readonly FactDifference[]
  /** Within a side, which then is not one state of anything. */
  readonly within: readonly FactWithin[]
  /** Beds that only one side has. */
  readonly unmatched: Sides<readonly string[]>
}

/** Of a run, not of its bed. */
const NOT_OF_THE_BED = new Set(['began'])

/**
 * What decides a figure and is never what is tried: another processor is another machine, another kind of generator or
 * of watching another measurement.
 */
const FORBIDDING: Readonly<Record<string, (value: string) => string>> = {
  machine: (value) => value,
  cpu: (value) => value,
  evidence: (value) => value,
  // Of `soft 6.18.44` the kind; its version is the kernel of its host, on the virtual lab that of the DUT.
  generator: (value) => value.split(' ')[0]!,
}

const UNSAID = '(not said)'

export function environmentDifferences(sides: Sides<Side>): EnvironmentDifferences {
  const beds = { A: byBed(sides.A), B: byBed(sides.B) }
  const common = [...beds.A.keys()].filter((bed) => beds.B.has(bed))
  const differing = common.flatMap((bed) => differencesOf(bed, beds.A.get(bed)!, beds.B.get(bed)!))
  const only = (one: SideName, other: SideName) =>
    [...beds[one].keys()].filter((bed) => !beds[other].has(bed))
  return {
    forbidding: differing.filter(forbids),
    between: differing.filter((difference) => !forbids(difference)),
    within: (['A', 'B'] as const).flatMap((side) =>
      [...beds[side]].flatMap(([bed, runs]) => unsettledOf(side, bed, runs)),
    ),
    unmatched: { A: only('A', 'B'), B: only('B', 'A') },
  }
}

function byBed({ runs }: Side): Map<string, ComparedRun[]> {
  const beds = new Map<string, ComparedRun[]>()
  for (const run of runs) beds.set(bedOf(run), [...(beds.get(bedOf(run)) ?? []), run])
  return beds
}

const factsOf = (runs: readonly ComparedRun[]): string[] =>
  [...new Set(runs.flatMap(({ environment }) => Object.keys(environment)))].filter(
    (fact) => !NOT_OF_THE_BED.has(fact),
  )

const valuesOf = (runs: readonly ComparedRun[], fact: string): string[] =>
  [...new Set(runs.map(({ environment }) => environment[fact] ?? UNSAID))].sort()

function differencesOf(bed: string, A: readonly ComparedRun[], B: readonly ComparedRun[]): FactDifference[] {
  return factsOf([...A, ...B])
    .map((fact) => ({ bed, fact, A: valuesOf(A, fact), B: valuesOf(B, fact) }))
    .filter((difference) => difference.A.join('\n') !== difference.B.join('\n'))
}

/** A run that never came to its bed says nothing, and measured nothing either. */
function forbids({ fact, A, B }: FactDifference): boolean {
  const kind = FORBIDDING[fact]
  if (!kind) return false
  const kinds = new Set([...A, ...B].filter((value) => value !== UNSAID).map(kind))
  return kinds.size > 1
}

function unsettledOf(side: SideName, bed: string, runs: readonly ComparedRun[]): FactWithin[] {
  return factsOf(runs)
    .map((fact) => ({
      side,
      bed,
      fact,
      values: valuesOf(runs, fact).map((value) => ({
        value,
        runs: runs.filter(({ environment }) => (environment[fact] ?? UNSAID) === value).length,
      })),
    }))
    .filter(({ values }) => values.length > 1)
}
