/** Loads that go at once, kept apart: each has sequence numbers and receivers of its own. Pure. */
import type { Arrivals } from '../remote/arrivals.ts'

/** @param counts frames of each load. @returns the sequence number of the first frame of each: none is given twice. */
export function firstsOf(counts: readonly number[]): number[] {
  return counts.map((_, index) => counts.slice(0, index).reduce((sum, count) => sum + count, 0))
}

/**
 * What arrived, as the account of one direction sees it. A receiver of another direction says nothing of this one: a
 * frame that went there in error is missing here, and one too many there. At a port of nobody's it is in each account,
 * since nobody tells whose it was: below zero in the one that misses none.
 * @param all receivers of each direction.
 */
export function arrivalsOf(
  arrivals: Readonly<Record<string, Arrivals>>,
  own: ReadonlySet<string>,
  all: readonly ReadonlySet<string>[],
): Record<string, Arrivals> {
  const ofOthers = (name: string) => !own.has(name) && all.some((receivers) => receivers.has(name))
  return Object.fromEntries(Object.entries(arrivals).filter(([name]) => !ofOthers(name)))
}

/**
 * Nanoseconds during which all of them had frames arriving; 0 or less when they came one after the other.
 * @param all of each direction, at its receiver, which took the time.
 */
export function togetherNs(all: readonly Pick<Arrivals, 'firstNs' | 'lastNs'>[]): number {
  return Math.min(...all.map(({ lastNs }) => lastNs)) - Math.max(...all.map(({ firstNs }) => firstNs))
}
