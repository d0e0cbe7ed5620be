/** Mann-Whitney U: whether one side tends to lower or higher values, whatever their distribution. */
import { normalBelow } from './normal.ts'
import { chancesOfAtMost } from './rank-sum-distribution.ts'

export interface MannWhitney {
  /** Pairs in which the candidate's value is the higher one; a tie is half a pair. */
  readonly u: number
  /** One-sided: how likely chance makes U as small, or as large, as it is. */
  readonly pLess: number
  readonly pGreater: number
  /** Twice the smaller of both, at most 1. */
  readonly pTwoSided: number
}

/**
 * Steps of the dynamic programme that are worth an exact answer: some 5 ms, reached by 30 samples against 30 or 5
 * against 270. Above, the normal approximation of a p below 0.2 is off by less than 0.002.
 */
const EXACT_STEPS = 4_000_000

/** @throws RangeError when a side has no sample. */
export function mannWhitney(candidate: readonly number[], baseline: readonly number[]): MannWhitney {
  if (candidate.length === 0 || baseline.length === 0)
    throw new RangeError(
      `each side needs at least one sample; got ${candidate.length} and ${baseline.length}`,
    )
  const u = pairsWon(candidate, baseline)
  const ties = tieGroups([...candidate, ...baseline])
  const pLess = chanceOfAtMost(u, ties, candidate.length)
  const pGreater = chanceOfAtMost(candidate.length * baseline.length - u, ties.toReversed(), candidate.length)
  return { u, pLess, pGreater, pTwoSided: Math.min(1, 2 * Math.min(pLess, pGreater)) }
}

/**
 * Smallest two-sided p that so many samples can reach: below it no difference, however large, is significant.
 * 0.029 for 4 against 4, 0.1 for 3 against 3.
 */
export function smallestP(candidate: number, baseline: number): number {
  return Math.min(1, 2 * chanceOfAtMost(0, ones(candidate + baseline), candidate))
}

/**
 * Largest whole U for which P(U <= u) is at most `alpha` without ties, both sides being alike; -1 when even 0 is
 * likelier.
 */
export function criticalU(candidate: number, baseline: number, alpha: number): number {
  const ties = ones(candidate + baseline)
  let [low, high] = [-1, candidate * baseline]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (chanceOfAtMost(middle, ties, candidate) <= alpha) low = middle
    else high = middle
  }
  return low
}

function pairsWon(candidate: readonly number[], baseline: readonly number[]): number {
  const others = baseline.toSorted((a, b) => a - b)
  let [won, below, notAbove] = [0, 0, 0]
  for (const value of candidate.toSorted((a, b) => a - b)) {
    while (below < others.length && others[below]! < value) below += 1
    while (notAbove < others.length && others[notAbove]! <= value) notAbove += 1
    won += (below + notAbove) / 2
  }
  return won
}

function tieGroups(samples: readonly number[]): number[] {
  const sorted = samples.toSorted((a, b) => a - b)
  const groups: number[] = []
  sorted.forEach((value, index) => {
    if (index > 0 && value === sorted[index - 1]) groups[groups.length - 1]! += 1
    else groups.push(1)
  })
  return groups
}

const ones = (count: number): number[] => Array.from({ length: count }, () => 1)

/** P(U <= u) when chance alone assigns the samples. */
function chanceOfAtMost(u: number, ties: readonly number[], chosen: number): number {
  const all = ties.reduce((sum, size) => sum + size, 0)
  const others = all - chosen
  // What one side wins is what the other wins in the reverse order, and the smaller side takes fewer steps.
  if (others < chosen) return chanceOfAtMost(u, ties.toReversed(), others)
  if (all * chosen * (2 * chosen * others) > EXACT_STEPS) return normalChance(u, ties, chosen, others)
  const chances = ties.length === all ? chancesWithoutTies(chosen, others) : chancesOfAtMost(ties, chosen)
  return chances[Math.floor(2 * u)]!
}

/** With continuity and tie correction (Lehmann, Nonparametrics, 1.3 and 1.4). */
function normalChance(u: number, ties: readonly number[], chosen: number, others: number): number {
  const all = chosen + others
  const tied = ties.reduce((sum, size) => sum + size ** 3 - size, 0)
  const variance = ((chosen * others) / 12) * (all + 1 - tied / (all * (all - 1)))
  if (variance <= 0) return 1
  return normalBelow((u + 0.5 - (chosen * others) / 2) / Math.sqrt(variance))
}

/** Cells of one comparison mostly have as many samples as each other. */
const WITHOUT_TIES = new Map<string, Float64Array>()

function chancesWithoutTies(chosen: number, others: number): Float64Array {
  const key = `${chosen} ${others}`
  const known = WITHOUT_TIES.get(key) ?? chancesOfAtMost(ones(chosen + others), chosen)
  WITHOUT_TIES.set(key, known)
  return known
}
