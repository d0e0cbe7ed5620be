import { expect, test } from '@playwright/test'
import { type Goal, searchGoal } from '../../../../lab/measure/search/goal.ts'
import { binarySearch, search } from '../../../../lab/measure/search/search.ts'
import type { Limits } from '../../../../lab/measure/search/load-grid.ts'
import type { GoalResult, SearchResult } from '../../../../lab/measure/search/search-result.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { percent, ratio } from '../../../../lab/units/ratio.ts'
import { seconds } from '../../../../lab/units/seconds.ts'
import { type Random, randomOf } from './random.ts'
import { type Bed, PROFILES, simulate } from './simulated-dut.ts'

const CASES = 200

const among = <T>({ uniform }: Random, list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!

function randomGoal(random: Random, name: string): Goal {
  const final = among(random, [1, 2, 60])
  return searchGoal({
    name,
    lossRatio: among(random, [ratio(0), ratio(1e-5), percent(0.5), percent(3)]),
    exceedRatio: among(random, [ratio(0), percent(20), percent(50), percent(80)]),
    finalTrialDuration: seconds(final),
    durationSum: seconds(final * among(random, [1, 2, 7, 21])),
    width: among(random, [percent(0.1), percent(0.5), percent(2), percent(10)]),
    precedingTargets: among(random, [1, 2, 4]),
    expansion: among(random, [2, 3, 8]),
  })
}

function randomSearch(seed: number) {
  const random = randomOf(seed)
  const min = 1_000 + random.uniform() * 1e5
  const max = min * (1.001 + random.uniform() * among(random, [0.02, 2, 1000]))
  const goals = Array.from({ length: among(random, [1, 2, 3]) }, (_, index) => randomGoal(random, `${index}`))
  // Below the floor, between the limits, above the ceiling.
  const capacity = min * 0.8 + random.uniform() * (max * 1.2 - min * 0.8)
  return { random, goals, capacity, limits: { min: framesPerSecond(min), max: framesPerSecond(max) } }
}

function randomBed(random: Random, capacity: number): Bed {
  const wild = { deviation: 0.5, stallsPerSecond: 2, stallSeconds: 0.1 }
  return {
    capacity,
    noise: among(random, [...Object.values(PROFILES), wild]),
    buffer: among(random, [0, 1024]),
    generatorMisses: among(random, [0, 0.1, 0.5]),
    overhead: among(random, [0, 0.5, 10]),
    ...among(random, [{}, { losesOneOf: 10_000 }, { losesOneOf: 2 }]),
    ...among(random, [{}, { generatorCeiling: capacity * 0.9 }]),
  }
}

/** Bounds on both sides of what the DUT does, but for the frame by which counts are rounded; or none for a reason. */
function brackets(result: GoalResult, capacity: number, { min, max }: Limits): boolean {
  const { goal, lower, upper, irregular, unfinished } = result
  const highest = capacity / (1 - goal.lossRatio)
  if (unfinished || (lower && lower.load > highest + 1) || (upper && upper.load < highest - 1)) return false
  if (!lower) return irregular?.kind === 'below-floor' && upper?.load === min
  if (!upper) return irregular?.kind === 'at-ceiling' && lower.load === max
  return !irregular && upper.load - lower.load <= upper.load * goal.width * (1 + 1e-9)
}

/** A lower bound is below the upper one, and forwarded what its goal asks for. */
function isSound({ goal, lower, upper, conditionalThroughput }: GoalResult): boolean {
  if (!lower) return conditionalThroughput === null
  const least = lower.offeredRate * (1 - goal.lossRatio) * (1 - 1e-9)
  return (
    (!upper || lower.load < upper.load) &&
    conditionalThroughput! >= least &&
    conditionalThroughput! <= lower.load
  )
}

/** Trials that left the limits. */
const outside = ({ trials }: SearchResult, { min, max }: Limits) =>
  trials.filter(({ load }) => load < min || load > max).length

for (const [name, method] of [
  ['MLRsearch', search],
  ['binary search', binarySearch],
] as const) {
  test(`Where losses are certain, the bounds of ${name} bracket the capacity, as close as asked for`, async () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const { goals, capacity, limits } = randomSearch(seed)
      const result = await method(goals, limits, simulate({ capacity, buffer: 0 }, seed))
      const why = `seed ${seed}, a capacity of ${capacity} in ${limits.min} to ${limits.max}`
      expect(result.ending, why).toEqual({ kind: 'complete' })
      expect(
        result.goals.filter((goal) => !brackets(goal, capacity, limits)),
        why,
      ).toEqual([])
    }
  })

  test(`Whatever the bed does, ${name} ends, within its limits, with bounds in order`, async () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const { random, goals, capacity, limits } = randomSearch(seed)
      const result = await method(goals, limits, simulate(randomBed(random, capacity), seed))
      const why = `seed ${seed}, a capacity of ${capacity} in ${limits.min} to ${limits.max}`
      expect(outside(result, limits), why).toBe(0)
      expect(
        result.goals.filter((goal) => !isSound(goal)),
        why,
      ).toEqual([])
    }
  })
}
