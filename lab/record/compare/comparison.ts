/** Two sides compared: what works, how fast, and whether they can be compared at all. Plain data, kept as JSON. */
import { type EnvironmentDifferences, environmentDifferences } from './environments.ts'
import { type FunctionalDifferences, functionalDifferences } from './functional.ts'
import { type Group, groupsOf } from './groups.ts'
import { performanceOf, type Performance } from './performance.ts'
import { bothSides, type Side, type Sides } from './side.ts'
import { CONFIDENCE } from './verdict.ts'

export interface Comparison {
  readonly schema: 1
  readonly sides: Sides<{ readonly name: string; readonly runs: readonly string[] }>
  /** Share of the baseline that does not matter. */
  readonly margin: number
  readonly confidence: number
  readonly environments: EnvironmentDifferences
  readonly functional: FunctionalDifferences
  readonly performance: Performance
  readonly groups: readonly Group[]
  /** A test is broken, or a figure regressed. */
  readonly regressed: boolean
}

/** Differences smaller than 1 % are no reason to hold a driver back. */
export const USUAL_MARGIN = 0.01

/** @param margin above 0, below 1 */
export function compare(sides: Sides<Side>, margin: number): Comparison {
  const environments = environmentDifferences(sides)
  const functional = functionalDifferences(sides)
  const forbidden = new Set(environments.forbidding.map(({ bed }) => bed))
  const performance = performanceOf(sides, margin, (bed) => !forbidden.has(bed))
  return {
    schema: 1,
    sides: bothSides(sides, ({ name, runs }) => ({ name, runs: runs.map((run) => run.name) })),
    margin,
    confidence: CONFIDENCE,
    environments,
    functional,
    performance,
    groups: groupsOf(performance.rows),
    regressed:
      functional.broken.length > 0 ||
      performance.rows.some(({ judgement }) => judgement.verdict === 'regressed'),
  }
}
