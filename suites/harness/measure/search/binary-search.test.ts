import { expect, test } from '@playwright/test'
import { NDR, PDR, RFC_2544 } from '../../../../lab/measure/search/goal.ts'
import { binarySearch, search } from '../../../../lab/measure/search/search.ts'
import { CAPACITY, LIMITS, PROFILES, simulate } from './simulated-dut.ts'
import { deviation, median } from './statistics.ts'

test('A binary search judges each load by one trial of the final duration', async () => {
  const { goals, trials } = await binarySearch([RFC_2544], LIMITS, simulate({ capacity: CAPACITY }))
  expect(trials.map(({ duration }) => duration)).toEqual(trials.map(() => 60))
  expect(new Set(trials.map(({ load }) => load)).size).toBe(trials.length)
  expect(goals[0]).toMatchObject({ lower: { trials: 1, badTrials: 0 }, upper: { trials: 1, badTrials: 1 } })
  expect(goals[0]!.conditionalThroughput).toBe(goals[0]!.lower!.load)
})

test('A second goal uses the trials of the first where they are at its loads', async () => {
  const one = await binarySearch([NDR], LIMITS, simulate({ capacity: CAPACITY }))
  const other = await binarySearch([PDR], LIMITS, simulate({ capacity: CAPACITY }))
  const both = await binarySearch([NDR, PDR], LIMITS, simulate({ capacity: CAPACITY }))
  expect(both.trials.length).toBeLessThan(one.trials.length + other.trials.length)
  expect(both.goals.map(({ lower }) => lower)).toEqual([one.goals[0]!.lower, other.goals[0]!.lower])
})

test('The goals of a result are what was searched for: no duration sum, no exceed ratio', async () => {
  const { goals } = await binarySearch([NDR], LIMITS, simulate({ capacity: CAPACITY }))
  expect(goals[0]!.goal).toMatchObject({ name: 'ndr', durationSum: 1, exceedRatio: 0 })
})

test('A DUT that forwards nothing is below the floor, one that does all is at its ceiling', async () => {
  const idle = await binarySearch([NDR], LIMITS, simulate({ capacity: 1, buffer: 0 }))
  expect(idle.goals[0]).toMatchObject({ irregular: { kind: 'below-floor' }, upper: { load: LIMITS.min } })
  const fast = await binarySearch([NDR], LIMITS, simulate({ capacity: LIMITS.max }))
  expect(fast.goals[0]).toMatchObject({ irregular: { kind: 'at-ceiling' }, lower: { load: LIMITS.max } })
  expect(fast.trials).toHaveLength(1)
})

const COMPARED = [
  ['MLRsearch, NDR and PDR', search, [NDR, PDR]],
  ['MLRsearch, RFC 2544', search, [RFC_2544]],
  ['binary, trials of 60 s', binarySearch, [RFC_2544]],
  ['binary, trials of 1 s', binarySearch, [NDR, PDR]],
] as const

test('On a DUT that stalls, only MLRsearch with short trials and an exceed ratio repeats', async () => {
  const rows: string[] = []
  const spread: Record<string, number> = {}
  for (const profile of ['quiet', 'typical', 'noisy'] as const)
    for (const [method, run, goals] of COMPARED) {
      const found: number[] = []
      const spent: number[] = []
      for (let seed = 1; seed <= 60; seed++) {
        const bed = { capacity: CAPACITY, noise: PROFILES[profile] }
        const result = await run(goals, LIMITS, simulate(bed, seed))
        found.push(result.goals[0]!.conditionalThroughput ?? 0)
        spent.push(result.spent)
      }
      spread[`${profile}: ${method}`] = deviation(found) / median(found)
      rows.push(
        [
          profile.padEnd(7),
          method.padEnd(22),
          `${median(spent).toFixed(0).padStart(4)} s`,
          `${(median(found) / 1e6).toFixed(3)} Mpps without loss`,
          `± ${((100 * deviation(found)) / median(found)).toFixed(2)} %`,
        ].join('  '),
      )
    }
  test.info().annotations.push({ type: 'compared', description: rows.join('\n') })
  expect(spread['typical: MLRsearch, NDR and PDR'], rows.join('\n')).toBeLessThan(0.001)
  expect(spread['noisy: MLRsearch, NDR and PDR']).toBeLessThan(0.005)
  for (const [method] of COMPARED.slice(1)) expect(spread[`typical: ${method}`]).toBeGreaterThan(0.01)
})
