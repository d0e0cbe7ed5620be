import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { mannWhitney } from '../../../lab/stats/mann-whitney.ts'
import { shiftOf } from '../../../lab/stats/shift.ts'
import { chanceOf } from './chance.ts'
import { readVectors } from './vectors.ts'

const VECTORS = readVectors(
  'mann-whitney.json',
  z.object({
    candidate: z.array(z.number()),
    baseline: z.array(z.number()),
    hodgesLehmannShift: z.number(),
  }),
)

test('The shift is that of SciPy’s samples, but for the last digit of a subtraction', () => {
  expect(VECTORS).toHaveLength(60)
  for (const { candidate, baseline, hodgesLehmannShift } of VECTORS)
    expect(shiftOf(candidate, baseline, 0.95).estimate).toBeCloseTo(hodgesLehmannShift, 13)
})

test('The ends of the interval are the shifts at which the exact test begins to reject', () => {
  for (const { candidate, baseline } of VECTORS.filter((one) => one.candidate.length > 4)) {
    const { lower, upper } = shiftOf(candidate, baseline, 0.95)
    if (lower === -Infinity) continue
    const p = (shift: number) =>
      mannWhitney(
        candidate.map((value) => value - shift),
        baseline,
      ).pTwoSided
    const hair = 1e-9
    expect(p(lower - hair)).toBeLessThanOrEqual(0.05)
    expect(p(lower + hair)).toBeGreaterThan(0.05)
    expect(p(upper - hair)).toBeGreaterThan(0.05)
    expect(p(upper + hair)).toBeLessThanOrEqual(0.05)
  }
})

test('In 95 of 100 experiments or more the interval holds the true shift', () => {
  const chance = chanceOf('coverage')
  const experiments = 4000
  let held = 0
  for (let round = 0; round < experiments; round += 1) {
    const draw = (middle: number) => Array.from({ length: 10 }, () => chance.normal(middle, 5))
    const { lower, upper } = shiftOf(draw(98), draw(100), 0.95)
    if (lower <= -2 && upper >= -2) held += 1
  }
  expect(held / experiments).toBeGreaterThan(0.945)
  expect(held / experiments, 'not wider than need be').toBeLessThan(0.97)
})

test('Too few samples have a shift but no interval', () => {
  expect(shiftOf([1, 2, 3], [11, 12, 13], 0.95)).toEqual({
    estimate: -10,
    lower: -Infinity,
    upper: Infinity,
  })
})

test('Every rank among the differences is found, ties and equal samples too', () => {
  const chance = chanceOf('ranks')
  for (let round = 0; round < 60; round += 1) {
    const draw = () =>
      Array.from(
        { length: 4 + (round % 5) },
        () => (round % 2) * chance.uniform() + Math.floor(3 * chance.uniform()),
      )
    const [candidate, baseline] = [draw(), draw()]
    const sorted = candidate.flatMap((one) => baseline.map((other) => one - other)).sort((a, b) => a - b)
    const half = sorted.length / 2
    const middle =
      sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2
    const { estimate, lower, upper } = shiftOf(candidate, baseline, 0.9)
    expect(estimate).toBe(middle)
    for (const end of [lower, upper]) expect(sorted).toContain(end)
  }
})

test('Thousands of samples a side take no longer than a blink', () => {
  const chance = chanceOf('thousands')
  const draw = (middle: number) => Array.from({ length: 5000 }, () => chance.normal(middle, 10))
  const [candidate, baseline] = [draw(1010), draw(1000)]
  const before = performance.now()
  const { estimate, lower, upper } = shiftOf(candidate, baseline, 0.95)
  expect(performance.now() - before).toBeLessThan(500)
  expect(estimate).toBeCloseTo(10, 0)
  expect(upper - lower).toBeLessThan(1)
})

test('A side without samples is refused', () => {
  expect(() => shiftOf([1], [], 0.95)).toThrow('each side needs at least one sample; got 1 and 0')
})
