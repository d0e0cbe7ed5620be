import { expect, test } from '@playwright/test'
import { NDR, PDR, RFC_2544, STRICT_LOSS, TST009 } from '../../../../lab/measure/search/goal.ts'
import type { SearchProgress } from '../../../../lab/measure/search/search-result.ts'
import { search } from '../../../../lab/measure/search/search.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { seconds } from '../../../../lab/units/seconds.ts'
import { CAPACITY, LIMITS, PROFILES, simulate } from './simulated-dut.ts'
import { deviation, median } from './statistics.ts'

const RUNS = 100

for (const [profile, atMost] of [
  ['quiet', 42],
  ['typical', 45],
  ['noisy', 75],
] as const)
  test(`NDR and PDR of a ${profile} DUT take a median of at most ${atMost} s of trials, half a second of overhead in each`, async () => {
    const spent: number[] = []
    for (let seed = 1; seed <= RUNS; seed++) {
      const bed = { capacity: CAPACITY, noise: PROFILES[profile] }
      const result = await search([NDR, PDR], LIMITS, simulate(bed, seed))
      expect(result.ending).toEqual({ kind: 'complete' })
      spent.push(result.spent)
    }
    test.info().annotations.push({ type: 'seconds', description: `median ${median(spent)}` })
    expect(median(spent)).toBeLessThanOrEqual(atMost)
  })

test('NDR and PDR of a typical DUT repeat within 0.1 %, and lie within 0.5 % below its capacity', async () => {
  const found: [number, number][] = []
  for (let seed = 1; seed <= RUNS; seed++) {
    const bed = { capacity: CAPACITY, noise: PROFILES.typical }
    const { goals } = await search([NDR, PDR], LIMITS, simulate(bed, seed))
    found.push([goals[0]!.conditionalThroughput!, goals[1]!.conditionalThroughput!])
  }
  for (const values of [found.map(([ndr]) => ndr), found.map(([, pdr]) => pdr)]) {
    expect(deviation(values) / median(values)).toBeLessThanOrEqual(0.001)
    expect(Math.min(...values)).toBeGreaterThan(CAPACITY * 0.995)
    expect(Math.max(...values)).toBeLessThanOrEqual(CAPACITY)
  }
})

test('A third goal between the two costs less than a fifth more', async () => {
  const time = async (goals: readonly (typeof NDR)[]) => {
    const runs = []
    for (let seed = 1; seed <= RUNS; seed++)
      runs.push(await search(goals, LIMITS, simulate({ capacity: CAPACITY, noise: PROFILES.typical }, seed)))
    return median(runs.map(({ spent }) => spent))
  }
  expect(await time([NDR, STRICT_LOSS, PDR])).toBeLessThan(1.2 * (await time([NDR, PDR])))
})

test('The goals of RFC 2544 and TST 009 bracket the capacity of a steady DUT by trials of 60 s', async () => {
  const result = await search([RFC_2544, TST009], LIMITS, simulate({ capacity: CAPACITY }))
  for (const { lower, upper, conditionalThroughput } of result.goals) {
    expect(lower!.load).toBeLessThanOrEqual(CAPACITY)
    expect(upper!.load).toBeGreaterThan(CAPACITY)
    expect(conditionalThroughput).toBe(lower!.load)
  }
  expect(result.trials.some(({ duration }) => duration === 60)).toBe(true)
})

test('A bound says by how many trials it stands, and how many of them were bad', async () => {
  const bed = { capacity: CAPACITY, noise: PROFILES.noisy }
  const { goals, trials } = await search([NDR, PDR], LIMITS, simulate(bed, 3))
  for (const { goal, lower } of goals) {
    const there = trials.filter(({ load }) => load === lower!.load)
    const bad = there.filter((trial) => 'lossRatio' in trial && trial.lossRatio > goal.lossRatio)
    expect(lower).toMatchObject({ trials: there.length, badTrials: bad.length, offeredRate: lower!.load })
    expect(there.length).toBeGreaterThanOrEqual(7)
  }
})

test('Trials are numbered in order, and each knows who asked and where the bounds stood after it', async () => {
  const { trials, goals, spent } = await search([NDR, PDR], LIMITS, simulate({ capacity: CAPACITY }))
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, index) => index + 1))
  expect(trials[0]).toMatchObject({ load: LIMITS.max, goals: ['ndr', 'pdr'] })
  expect(trials.at(-1)!.standings).toEqual(
    goals.map(({ goal, lower, upper }) => ({
      goal: goal.name,
      lower: lower!.load,
      upper: upper!.load,
      arrived: true,
    })),
  )
  expect(spent).toBe(trials.length * 1.5)
  const asked = goals.reduce((sum, goal) => sum + goal.trials, 0)
  const shared = trials.filter((trial) => trial.goals.length === 2).length
  expect(asked - shared).toBe(trials.length)
})

for (const [factor, kind] of [
  [1, 'the line'],
  [3, 'a line that is a third of it'],
] as const)
  test(`A DUT that does as much as ${kind} is at its ceiling for every goal`, async () => {
    const result = await search([NDR, PDR], LIMITS, simulate({ capacity: LIMITS.max * factor }))
    expect(result).toMatchObject({ ending: { kind: 'complete' }, ceiling: 'limit' })
    for (const goal of result.goals)
      expect(goal).toMatchObject({
        irregular: { kind: 'at-ceiling' },
        lower: { load: LIMITS.max },
        upper: null,
        conditionalThroughput: LIMITS.max,
      })
  })

test('A DUT that silently drops 1 in 10,000 frames has its NDR below the floor, and a PDR', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const bed = { capacity: CAPACITY, noise: PROFILES.typical, losesOneOf: 10_000 }
    const { goals, ending } = await search([NDR, STRICT_LOSS, PDR], LIMITS, simulate(bed, seed))
    expect(ending).toEqual({ kind: 'complete' })
    const [ndr, strict, pdr] = goals
    for (const goal of [ndr!, strict!]) {
      expect(goal).toMatchObject({ lower: null, upper: { load: LIMITS.min }, conditionalThroughput: null })
      if (goal.irregular?.kind !== 'below-floor') throw new Error('expected below-floor')
      expect(goal.irregular.offered / goal.irregular.lost).toBeCloseTo(10_000, -4)
    }
    expect(pdr!.irregular).toBeUndefined()
    expect(pdr!.conditionalThroughput).toBeGreaterThan(CAPACITY * 0.99)
    expect(pdr!.conditionalThroughput).toBeLessThan(CAPACITY)
  }
})

test('A DUT that forwards nothing is below the floor for every goal', async () => {
  const { goals, ending } = await search([NDR, PDR], LIMITS, simulate({ capacity: 1, buffer: 0 }))
  expect(ending).toEqual({ kind: 'complete' })
  expect(goals.map(({ irregular }) => irregular?.kind)).toEqual(['below-floor', 'below-floor'])
})

for (const budget of [0, 1.5, 5, 10, 20])
  test(`A budget of ${budget} s is kept, and the bounds so far are marked as unfinished`, async () => {
    const dut = simulate({ capacity: CAPACITY, noise: PROFILES.typical })
    const result = await search([NDR, PDR], LIMITS, dut, { budget: seconds(budget) })
    expect(result.ending).toEqual({ kind: 'out-of-budget' })
    expect(result.spent).toBeLessThanOrEqual(budget)
    // The next trial would not have fitted in.
    expect(result.spent).toBeGreaterThan(budget - 1.5)
    const { unfinished, lower } = result.goals[0]!
    expect(unfinished).toBeDefined()
    // 1.5 s of trials judge a load for the coarsest target, not for the goal.
    expect(lower).toBeNull()
    if (budget >= 5) {
      expect(unfinished!.lower).toBeLessThan(CAPACITY)
      expect(unfinished!.upper).toBeGreaterThan(CAPACITY)
    }
  })

test('With a budget that is enough each goal has the bounds that it has without one', async () => {
  for (const capacity of [CAPACITY, 1_234_567, 12_000_000]) {
    const whole = await search([NDR, PDR], LIMITS, simulate({ capacity }))
    const { ending, goals } = await search([NDR, PDR], LIMITS, simulate({ capacity }), {
      budget: seconds(whole.spent * 1.5),
    })
    expect(ending).toEqual({ kind: 'complete' })
    for (const [index, { lower, upper }] of goals.entries()) {
      const { goal, ...same } = whole.goals[index]!
      expect(lower!.load / same.lower!.load, goal.name).toBeCloseTo(1, 2)
      expect(upper!.load / same.upper!.load, goal.name).toBeCloseTo(1, 2)
    }
  }
})

/** A bed that stands still about once a second: its ring of 256 overflows at each load, by far less than PDR allows. */
const SHARED = {
  capacity: 1_400_000,
  buffer: 256,
  overhead: 0.2,
  noise: { deviation: 0.01, stallsPerSecond: 1.5, stallSeconds: 0.0015 },
}
const SHARED_LIMITS = { min: framesPerSecond(300_000), max: framesPerSecond(3_000_000) }

test('On a bed that is never without loss a budget of 60 s finds PDR in most searches: it goes first', async () => {
  const found = []
  for (let seed = 1; seed <= RUNS; seed++) {
    const { goals } = await search([NDR, PDR], SHARED_LIMITS, simulate(SHARED, seed), { budget: seconds(60) })
    found.push(goals[1]!.unfinished === undefined)
  }
  expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(RUNS * 0.5)
})

test('Out of time with a load that met a goal and one that did not, both bounds are told, however coarse', async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { goals, trials } = await search([NDR, PDR], SHARED_LIMITS, simulate(SHARED, seed), {
      budget: seconds(30),
    })
    const { unfinished } = goals[1]!
    // The first trial is at the highest load, which loses half.
    if (unfinished) expect(unfinished.upper, `seed ${seed}`).not.toBeNull()
    if (unfinished?.lower === null)
      expect(
        trials.filter((one) => 'lossRatio' in one && one.lossRatio <= PDR.lossRatio).length,
      ).toBeLessThan(3)
    if (unfinished) expect(unfinished.lower ?? 0).toBeLessThan(unfinished.upper!)
  }
})

test('An observer sees every trial, and from the first on how long it will take, within a half', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const seen: SearchProgress[] = []
    const dut = simulate({ capacity: CAPACITY, noise: PROFILES.quiet }, seed)
    const onProgress = (progress: SearchProgress) => void seen.push(progress)
    const { trials, spent } = await search([NDR, PDR], LIMITS, dut, { onProgress })
    expect(seen.map(({ trial }) => trial)).toEqual(trials)
    expect(seen.at(-1)).toMatchObject({ spent, rest: 0 })
    const estimates = seen.map((progress) => (progress.spent + progress.rest!) / spent)
    expect(Math.min(...estimates)).toBeGreaterThan(0.67)
    expect(Math.max(...estimates)).toBeLessThan(1.5)
  }
})

test('Goals and limits that make no search are refused', () => {
  const dut = simulate({ capacity: CAPACITY })
  const limits = (min: number, max: number) => ({ min: framesPerSecond(min), max: framesPerSecond(max) })
  expect(() => search([], LIMITS, dut)).toThrow('a search needs at least one goal; got none')
  expect(() => search([NDR, PDR, NDR], LIMITS, dut)).toThrow('ndr is there twice')
  expect(() => search([NDR], limits(2e6, 2e6), dut)).toThrow(
    'a search needs a lowest load below its highest; got 2000000 and 2000000 frames per second',
  )
  expect(() => search([NDR], LIMITS, dut, { attempts: 0 })).toThrow(
    'attempts is a whole number from 1; got 0',
  )
})
