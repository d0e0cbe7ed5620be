import { expect, test } from '@playwright/test'
import { NDR, PDR } from '../../../../lab/measure/search/goal.ts'
import { search } from '../../../../lab/measure/search/search.ts'
import type { Measure, TrialResult } from '../../../../lab/measure/search/trial-result.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { ratio } from '../../../../lab/units/ratio.ts'
import { seconds } from '../../../../lab/units/seconds.ts'
import { CAPACITY, LIMITS, PROFILES, simulate } from './simulated-dut.ts'

/** Whatever is spoilt of the trials of a bed that is well otherwise. */
function spoilt(
  measure: Measure,
  spoil: (result: TrialResult, load: number, number: number) => Partial<TrialResult>,
): Measure {
  let number = 0
  return async (load, duration) => {
    const result = await measure(load, duration)
    number += 1
    return { ...result, ...spoil(result, load, number) }
  }
}

const typical = (seed: number) => simulate({ capacity: CAPACITY, noise: PROFILES.typical }, seed)

for (const ceiling of [6_000_000, 8_600_000])
  test(`A generator that ends at ${ceiling} frames per second puts a faster DUT at its ceiling, never lower`, async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const bed = { capacity: CAPACITY, noise: PROFILES.typical, generatorCeiling: ceiling }
      const result = await search([NDR, PDR], LIMITS, simulate(bed, seed))
      expect(result).toMatchObject({ ending: { kind: 'complete' }, ceiling: 'generator' })
      for (const goal of result.goals) {
        expect(goal.irregular).toEqual({ kind: 'at-ceiling' })
        expect(goal.lower!.load).toBeCloseTo(ceiling, 3)
        expect(goal.upper).toBeNull()
      }
      expect(result.goals[0]!.conditionalThroughput).toBeCloseTo(ceiling, 3)
      expect(result.trials.filter((trial) => 'invalid' in trial)).toHaveLength(4)
    }
  })

test('A generator that ends above the DUT leaves its bounds as they are', async () => {
  const bed = { capacity: CAPACITY, generatorCeiling: 12_000_000 }
  const { goals, limits } = await search([NDR, PDR], LIMITS, simulate(bed))
  expect(limits.max).toBeCloseTo(12_000_000, 3)
  for (const { lower, upper, irregular } of goals) {
    expect(irregular).toBeUndefined()
    expect(lower!.load).toBeGreaterThan(CAPACITY * 0.995)
    expect(upper!.load).toBeGreaterThan(CAPACITY)
    expect(upper!.load).toBeLessThan(CAPACITY * 1.01)
  }
})

test('A generator that stretches its time at a ceiling is found out like one that sends less', async () => {
  const stretching = spoilt(simulate({ capacity: 20e6 }), ({ intended }, load) => ({
    offered: intended,
    forwarded: intended,
    sendingTime: seconds(Math.max(1, load / 6e6) * (intended / load)),
  }))
  const { goals } = await search([NDR], LIMITS, stretching)
  expect(goals[0]).toMatchObject({ irregular: { kind: 'at-ceiling' } })
  expect(goals[0]!.conditionalThroughput! / 6e6).toBeCloseTo(1, 5)
})

test('A trial in ten in which the generator misses its rate changes no bound', async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const bed = { capacity: CAPACITY, noise: PROFILES.quiet }
    const steady = await search([NDR, PDR], LIMITS, simulate(bed, seed))
    const missing = await search([NDR, PDR], LIMITS, simulate({ ...bed, generatorMisses: 0.1 }, seed))
    expect(missing.ending).toEqual({ kind: 'complete' })
    expect(missing.goals.map(({ lower }) => lower!.load)).toEqual(
      steady.goals.map(({ lower }) => lower!.load),
    )
    expect(missing.goals.map(({ upper }) => upper!.load)).toEqual(
      steady.goals.map(({ upper }) => upper!.load),
    )
  }
})

test('An invalid trial is no loss: bounds are those of the same search without it, its time is spent', async () => {
  const whole = await search([NDR, PDR], LIMITS, typical(1))
  let broken = false
  const dut = typical(1)
  const once: Measure = async (load, duration) => {
    if (broken || load > 9e6) return dut(load, duration)
    broken = true
    return {
      intended: 100,
      offered: 100,
      forwarded: 0,
      effectiveDuration: seconds(1.5),
      invalid: 'a link went down',
    }
  }
  const result = await search([NDR, PDR], LIMITS, once)
  expect(result.goals).toEqual(whole.goals)
  expect(result.trials).toHaveLength(whole.trials.length + 1)
  expect(result.trials.filter((trial) => 'invalid' in trial)).toMatchObject([{ invalid: 'a link went down' }])
  expect(result.spent).toBe(whole.spent + 1.5)
})

test('A trial that stays invalid ends the search with the reason and the bounds so far', async () => {
  const dut = spoilt(typical(1), (_, load, number) =>
    number > 10 && load < 9e6 ? { invalid: 'a link went down' } : {},
  )
  const { ending, goals, trials } = await search([NDR, PDR], LIMITS, dut, { attempts: 3 })
  expect(ending).toMatchObject({
    kind: 'invalid',
    reason: expect.stringMatching(
      /^3 of 3 trials at 8\d{6} frames per second were invalid, the last one because a link went down$/,
    ),
  })
  expect(trials).toHaveLength(13)
  expect(goals[0]!.unfinished!.lower).toBeLessThan(CAPACITY)
  expect(goals[0]!.unfinished!.upper).toBeGreaterThan(CAPACITY)
})

test('A generator that loses breath in mid-search puts a faster DUT at its new ceiling, and finds the bounds of a slower one', async () => {
  for (const [capacity, isAbove] of [
    [12e6, true],
    [5e6, false],
  ] as const) {
    let number = 0
    const dut: Measure = (load, duration) => {
      const generatorCeiling = ++number > 8 ? 6e6 : 14e6
      return simulate({ capacity, generatorCeiling }, number)(load, duration)
    }
    const { ending, goals, ceiling } = await search([NDR, PDR], LIMITS, dut)
    expect(ending).toEqual({ kind: 'complete' })
    expect(ceiling).toBe('generator')
    for (const { irregular, lower, upper } of goals)
      if (isAbove) {
        expect(irregular).toEqual({ kind: 'at-ceiling' })
        expect(lower!.load).toBeCloseTo(6e6, -1)
      } else {
        expect(lower!.load).toBeLessThanOrEqual(capacity * 1.006)
        expect(upper!.load).toBeGreaterThan(capacity)
      }
  }
})

test('A generator that falls short of whatever it is asked for, from the sixth trial on, ends the search', async () => {
  const dut = spoilt(typical(1), ({ intended }, load, number) =>
    number > 5 ? { offered: Math.round(intended * 0.9), forwarded: Math.round(intended * 0.9) } : {},
  )
  const { ending, goals } = await search([NDR, PDR], LIMITS, dut)
  expect(ending).toMatchObject({
    kind: 'invalid',
    reason: expect.stringContaining('because the generator sent'),
  })
  expect(goals.map(({ irregular }) => irregular)).toEqual([undefined, undefined])
})

test('A generator that never reaches what it has just reached ends the search', async () => {
  const sliding = spoilt(simulate({ capacity: 20e6 }), ({ intended }) => ({
    offered: Math.round(intended * 0.9),
    forwarded: Math.round(intended * 0.9),
  }))
  const { ending, goals, trials } = await search([NDR], LIMITS, sliding)
  expect(ending.kind).toBe('invalid')
  expect(goals[0]).toMatchObject({ lower: null, upper: null, conditionalThroughput: null })
  expect(trials).toHaveLength(6 * 4)
})

test('A generator that sends next to nothing ends the search with what was expected of it', async () => {
  const { ending } = await search([NDR], LIMITS, simulate({ capacity: CAPACITY, generatorCeiling: 5_000 }))
  expect(ending).toEqual({
    kind: 'invalid',
    reason:
      '4 of 4 trials at 14880952 frames per second were invalid, the last one because the generator sent 5000 of 14880952 frames per second; that is no more than the lowest load',
  })
})

test('A generator that hurries overloads the DUT: its trials are invalid', async () => {
  const hurrying = spoilt(simulate({ capacity: CAPACITY }), ({ intended }, load) => ({
    sendingTime: seconds((intended / load) * 0.99),
  }))
  const { ending } = await search([NDR], LIMITS, hurrying)
  expect(ending).toMatchObject({
    kind: 'invalid',
    reason: expect.stringContaining('because the generator sent 1503'),
  })
})

test('What a generator offers less than the load, within its tolerance, is not claimed as forwarded', async () => {
  const slow = spoilt(simulate({ capacity: CAPACITY }), ({ intended }, load) => ({
    sendingTime: seconds((intended / load) * 1.02),
  }))
  const { goals, ending } = await search([NDR], LIMITS, slow, { paceTolerance: ratio(0.03) })
  expect(ending).toEqual({ kind: 'complete' })
  const { lower, conditionalThroughput } = goals[0]!
  expect(lower!.offeredRate).toBeCloseTo(lower!.load / 1.02, -1)
  expect(conditionalThroughput).toBeCloseTo(lower!.load / 1.02, -1)
})

test('What a generator failed to send, within its tolerance, is no loss of a DUT that forwards all', async () => {
  const short = spoilt(simulate({ capacity: 20e6 }), ({ intended }) => ({
    offered: Math.floor(intended * 0.9995),
    forwarded: Math.floor(intended * 0.9995),
  }))
  const { goals } = await search([NDR], LIMITS, short)
  expect(goals[0]!.irregular).toEqual({ kind: 'at-ceiling' })
  expect(goals[0]!.conditionalThroughput! / LIMITS.max).toBeCloseTo(0.9995, 6)
})

test('A budget that runs out while a trial is repeated ends the search as one', async () => {
  const dut = spoilt(typical(1), () => ({ invalid: 'a link went down' }))
  const { ending, trials } = await search([NDR], LIMITS, dut, { budget: seconds(4) })
  expect(ending).toEqual({ kind: 'out-of-budget' })
  expect(trials).toHaveLength(2)
})

test('A lab that breaks is no result: its error goes through', async () => {
  const breaking: Measure = () => Promise.reject(new Error('the DUT is gone'))
  await expect(search([NDR], LIMITS, breaking)).rejects.toThrow('the DUT is gone')
})

test('A trial without frames or time is refused', async () => {
  const idle = spoilt(typical(1), () => ({ effectiveDuration: seconds(0) }))
  await expect(search([NDR], LIMITS, idle)).rejects.toThrow(
    "a trial's effective duration is above 0 s; measure() said 0 s",
  )
  const limits = { min: framesPerSecond(0.1), max: framesPerSecond(0.4) }
  await expect(search([NDR], limits, typical(1))).rejects.toThrow(
    '1 s at 0.4 frames per second are none: raise the lowest load',
  )
})
