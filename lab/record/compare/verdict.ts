/** What a shift with its interval says, and how many more runs would say it for sure. */
import { distanceOf } from '../../stats/normal.ts'
import { smallestP } from '../../stats/mann-whitney.ts'

export const VERDICTS = ['regressed', 'improved', 'equivalent', 'inconclusive'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A cell that needs more lies too near the margin, or is too noisy, to be settled by runs. */
const MOST_RUNS = 100

/** Of the interval, and of the share of false discoveries among cells. */
export const CONFIDENCE = 0.95

export interface Evidence {
  /** Shift of the candidate and the ends of its interval as shares of the baseline; null with too few runs. */
  readonly shift: number
  readonly lower: number | null
  readonly upper: number | null
  /** Of a two-sided test of no shift; and that adjusted for all cells that are tested. */
  readonly p: number
  readonly adjustedP: number
  /** Runs on each side. */
  readonly n: { readonly A: number; readonly B: number }
  readonly better: 'higher' | 'lower'
}

export interface Judgement {
  readonly verdict: Verdict
  /** Why it is inconclusive. */
  readonly why?: string
  /**
   * At least so many more on each side would settle it, if they came out like those there are. null for more than 100,
   * and for what runs do not settle.
   */
  readonly moreRuns?: number | null
}

/**
 * Beyond the margin with the whole interval, and a discovery among all cells: regressed or improved. Within the margin
 * with the whole interval: equivalent. Else more runs are needed.
 *
 * @param margin share of the baseline that does not matter: 0.01
 */
export function judge(evidence: Evidence, margin: number): Judgement {
  const { lower, upper, adjustedP, better } = evidence
  if (lower === null || upper === null)
    return inconclusive('too few runs for an interval', runsForInterval(evidence))
  if (lower >= -margin && upper <= margin) return { verdict: 'equivalent' }
  if (lower <= margin && upper >= -margin)
    return unsettled('the interval reaches across the margin', runsToSettle(evidence, margin))
  if (adjustedP > 1 - CONFIDENCE)
    return unsettled(
      'beyond the margin, but among so many cells it may be chance',
      runsToSettle(evidence, margin),
    )
  return { verdict: upper < -margin === (better === 'higher') ? 'regressed' : 'improved' }
}

const unsettled = (why: string, moreRuns: number): Judgement =>
  moreRuns <= MOST_RUNS
    ? inconclusive(why, moreRuns)
    : inconclusive(`${why}; more than ${MOST_RUNS} more runs a side would be needed`, null)

export const inconclusive = (why: string, moreRuns: number | null): Judgement => ({
  verdict: 'inconclusive',
  why,
  moreRuns,
})

/**
 * With the square root of the runs an interval becomes narrower, and a test statistic larger. Both are carried on from
 * what is at hand, until the interval no longer reaches the margin from the side on which the shift lies and the p is
 * small enough for a discovery.
 */
function runsToSettle({ shift, lower, upper, p, adjustedP, n }: Evidence, margin: number): number {
  const runs = 2 / (1 / n.A + 1 / n.B)
  const distance = Math.abs(Math.abs(shift) - margin)
  const forInterval = runs * ((upper! - lower!) / 2 / distance) ** 2
  const needed = ((1 - CONFIDENCE) * p) / adjustedP
  const forDiscovery = Math.abs(shift) > margin ? runs * (distanceOf(needed / 2) / distanceOf(p / 2)) ** 2 : 0
  return Math.max(1, Math.ceil(Math.max(forInterval, forDiscovery) - runs))
}

/** Until an interval of this confidence can be given at all: four a side. */
function runsForInterval({ n }: Evidence): number {
  let more = 1
  while (smallestP(n.A + more, n.B + more) > 1 - CONFIDENCE) more += 1
  return more
}
