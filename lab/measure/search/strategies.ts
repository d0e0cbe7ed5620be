/**
 * Ways to choose the next load for a target, in the order in which they are asked; the first that has one is taken
 * (as FD.io CSIT does, resources/libraries/python/MLRsearch/strategy).
 */
import { keepClear } from './keep-clear.ts'
import type { Step } from './load-grid.ts'
import type { Bounds } from './measured-loads.ts'
import { splitInterval } from './split-interval.ts'
import type { Target } from './target-chain.ts'

export interface Situation {
  readonly target: Target
  /** By this target. */
  readonly bounds: Bounds
  /** Where the target started: bounds of the one before, or the loads of the first trials. */
  readonly start: Bounds
  /** How far to go out for a missing bound. */
  readonly reach: Step
  /** Step of the highest load. */
  readonly top: Step
}

export interface Nomination {
  readonly load: Step
  /** No goal goes out for a missing bound by less than this next time. */
  readonly width: Step
  /** The next reach of this goal starts from here. */
  readonly reachFrom?: Step
  /** The load was to become the other bound: if it becomes this one, reach further next time. */
  readonly widenIf?: keyof Bounds
}

type Strategy = (situation: Situation) => Nomination | undefined

/** Of a start that is up to twice too wide: its middle. A bound found there saves one of the two refinements. */
const halve: Strategy = ({ target, bounds, start }) => {
  if (start.lower === undefined || start.upper === undefined) return undefined
  const whole = start.upper - start.lower
  if (whole <= target.width || whole > 2 * target.width) return undefined
  return refine(splitInterval(start.lower, start.upper, target.width), target, bounds)
}

const refineLower: Strategy = ({ target, bounds, start }) => refine(start.lower, target, bounds)

const refineUpper: Strategy = ({ target, bounds, start }) => refine(start.upper, target, bounds)

/** Measures anew, by this target, what the start says. */
function refine(load: Step | undefined, target: Target, bounds: Bounds): Nomination | undefined {
  return load !== undefined && isWorth(load, target, bounds)
    ? { load, width: target.width, reachFrom: target.width }
    : undefined
}

const extendDown: Strategy = ({ target, bounds, reach, top }) => {
  if (bounds.lower !== undefined || bounds.upper === undefined) return undefined
  const load = keepClear(bounds.upper - reach, target.width, bounds, top)
  return load === undefined ? undefined : { load, width: reach, widenIf: 'upper' }
}

const extendUp: Strategy = ({ target, bounds, reach, top }) => {
  if (bounds.upper !== undefined || bounds.lower === undefined) return undefined
  const load = keepClear(bounds.lower + reach, target.width, bounds, top)
  return load === undefined ? undefined : { load, width: reach, widenIf: 'lower' }
}

/**
 * Between two bounds. One of them may be far off, found by chance on the way to another goal; the start may be the
 * better guess. So where going out from the start's side leads closer to it than the middle does, that is preferred.
 */
const bisect: Strategy = ({ target, bounds, start, reach, top }) => {
  const { lower, upper } = bounds
  if (lower === undefined || upper === undefined || upper - lower <= target.width) return undefined
  const middle = splitInterval(lower, upper, target.width)
  if (start.upper !== undefined && middle < start.upper) {
    const load = keepClear(upper - reach, target.width, bounds, top)
    if (load !== undefined && load > middle && load < start.upper)
      return { load, width: reach, widenIf: 'upper' }
  }
  if (start.lower !== undefined && middle > start.lower) {
    const load = keepClear(lower + reach, target.width, bounds, top)
    if (load !== undefined && load < middle && load > start.lower)
      return { load, width: reach, widenIf: 'lower' }
  }
  const width = Math.min(middle - lower, upper - middle)
  return { load: middle, width, reachFrom: width }
}

/** A trial is worth its time only between the bounds, and while these are too far apart. */
function isWorth(load: Step, { width }: Target, { lower, upper }: Bounds): boolean {
  if (lower !== undefined && load <= lower) return false
  if (upper !== undefined && load >= upper) return false
  return lower === undefined || upper === undefined || upper - lower > width
}

const STRATEGIES = [halve, refineLower, refineUpper, extendDown, extendUp, bisect] as const

/** What to measure next for a target; undefined when its bounds are close enough, or at a limit. */
export function nominate(situation: Situation): Nomination | undefined {
  for (const strategy of STRATEGIES) {
    const nomination = strategy(situation)
    if (nomination) return nomination
  }
  return undefined
}
