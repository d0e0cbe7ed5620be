/** How far one side lies from the other: the Hodges-Lehmann shift and its confidence interval. */
import { criticalU } from './mann-whitney.ts'

export interface Shift {
  /** Median of all differences, candidate less baseline, in the unit of the samples. */
  readonly estimate: number
  /** Interval that holds the true shift with at least the confidence asked for; infinite with too few samples. */
  readonly lower: number
  readonly upper: number
}

/**
 * The interval holds the shifts that a two-sided Mann-Whitney test would not reject (exact up to where that test is):
 * its ends are differences counted from either end. Ties are taken as none, which can only widen it.
 *
 * @param confidence between 0 and 1, 0.95 for an error of one in twenty
 * @throws RangeError when a side has no sample
 */
export function shiftOf(
  candidate: readonly number[],
  baseline: readonly number[],
  confidence: number,
): Shift {
  if (candidate.length === 0 || baseline.length === 0)
    throw new RangeError(
      `each side needs at least one sample; got ${candidate.length} and ${baseline.length}`,
    )
  const difference = differences(candidate, baseline)
  const pairs = candidate.length * baseline.length
  const middle = (difference(Math.floor((pairs + 1) / 2)) + difference(Math.ceil((pairs + 1) / 2))) / 2
  const cut = criticalU(candidate.length, baseline.length, (1 - confidence) / 2) + 1
  return {
    estimate: middle,
    lower: cut === 0 ? -Infinity : difference(cut),
    upper: cut === 0 ? Infinity : difference(pairs + 1 - cut),
  }
}

/**
 * The difference of a rank, from 1 on, without making all of them: halve the range of values, count in one pass over
 * both sorted sides, and close in on differences that are there. Thousands of samples a side would make millions.
 */
function differences(candidate: readonly number[], baseline: readonly number[]): (rank: number) => number {
  const ours = candidate.toSorted((a, b) => a - b)
  const theirs = baseline.toSorted((a, b) => a - b)
  return (rank) => {
    let low = ours[0]! - theirs.at(-1)!
    let high = ours.at(-1)! - theirs[0]!
    while (low < high) {
      const at = split(ours, theirs, low + (high - low) / 2)
      if (at.notAbove >= rank) high = at.last
      else low = at.next
    }
    return low
  }
}

/** How many differences are at most `value`, the largest of those, and the smallest above. */
function split(
  ours: readonly number[],
  theirs: readonly number[],
  value: number,
): { notAbove: number; last: number; next: number } {
  let [notAbove, last, next] = [0, -Infinity, Infinity]
  let first = theirs.length
  for (const one of ours) {
    while (first > 0 && one - theirs[first - 1]! <= value) first -= 1
    while (first < theirs.length && one - theirs[first]! > value) first += 1
    notAbove += theirs.length - first
    if (first < theirs.length) last = Math.max(last, one - theirs[first]!)
    if (first > 0) next = Math.min(next, one - theirs[first - 1]!)
  }
  return { notAbove, last, next }
}
