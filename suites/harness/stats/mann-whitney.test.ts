import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { criticalU, mannWhitney, smallestP } from '../../../lab/stats/mann-whitney.ts'
import { chanceOf } from './chance.ts'
import { chancesOfAtMost } from '../../../lab/stats/rank-sum-distribution.ts'
import { readVectors } from './vectors.ts'

const VECTORS = readVectors(
  'mann-whitney.json',
  z.object({
    candidate: z.array(z.number()),
    baseline: z.array(z.number()),
    u: z.number(),
    pLess: z.number(),
  }),
)

test('U and its one-sided p are exactly those of SciPy, to the last digit', () => {
  expect(VECTORS).toHaveLength(60)
  for (const { candidate, baseline, u, pLess } of VECTORS)
    expect(mannWhitney(candidate, baseline)).toMatchObject({ u, pLess })
})

test('With ties the p is that of all ways to deal the samples out, counted one by one', () => {
  const chance = chanceOf('ties')
  for (let round = 0; round < 40; round += 1) {
    const draw = (length: number) => Array.from({ length }, () => Math.floor(4 * chance.uniform()))
    const [candidate, baseline] = [draw(2 + (round % 4)), draw(1 + (round % 5))]
    const { u, pLess, pGreater } = mannWhitney(candidate, baseline)
    const all = [...candidate, ...baseline]
    const dealt = choices(all.length, candidate.length).map((chosen) =>
      pairsWon(
        all.filter((_, index) => chosen.has(index)),
        all.filter((_, index) => !chosen.has(index)),
      ),
    )
    const share = (holds: (other: number) => boolean) => dealt.filter(holds).length / dealt.length
    expect(u).toBe(pairsWon(candidate, baseline))
    expect(pLess).toBeCloseTo(
      share((other) => other <= u),
      12,
    )
    expect(pGreater).toBeCloseTo(
      share((other) => other >= u),
      12,
    )
  }
})

test('Sides that are all alike say nothing', () => {
  expect(mannWhitney([5, 5, 5], [5, 5, 5, 5])).toEqual({ u: 6, pLess: 1, pGreater: 1, pTwoSided: 1 })
})

test('Swapping the sides swaps the one-sided p and keeps the two-sided one', () => {
  for (const { candidate, baseline } of VECTORS) {
    const [one, other] = [mannWhitney(candidate, baseline), mannWhitney(baseline, candidate)]
    expect(one.pGreater).toBeCloseTo(other.pLess, 12)
    expect(one.pTwoSided).toBeCloseTo(other.pTwoSided, 12)
  }
})

test('Where samples become too many for an exact p, the approximation of a small one is off by less than 0.002, with ties too', () => {
  const values = Array.from({ length: 35 }, (_, index) => index)
  for (const tied of [1, 2, 5])
    for (const shift of [3, 6, 9]) {
      const baseline = values.map((value) => Math.floor(value / tied))
      const candidate = values.map((value) => Math.floor((value - shift) / tied) + (tied === 1 ? 0.5 : 0))
      const { u, pLess } = mannWhitney(candidate, baseline)
      const ties = [...new Set([...candidate, ...baseline])]
        .toSorted((a, b) => a - b)
        .map((value) => [...candidate, ...baseline].filter((other) => other === value).length)
      const exact = chancesOfAtMost(ties, 35)[2 * u]!
      expect(Math.abs(pLess - exact)).toBeLessThan(0.002)
      expect(pLess, 'not the exact one').not.toBe(exact)
    }
})

test('The approximation agrees with what is known of the normal distribution', () => {
  // 100 against 100 without ties: U of 4200 is z = -1.953 with the correction for continuity.
  const baseline = Array.from({ length: 100 }, (_, index) => index)
  const candidate = baseline.map((value) => value - 8.335)
  const { u, pLess } = mannWhitney(candidate, baseline)
  const z = (u + 0.5 - 5000) / Math.sqrt((100 * 100 * 201) / 12)
  expect(u).toBe(4186)
  expect(z).toBeCloseTo(-1.987_7, 4)
  expect(pLess).toBeCloseTo(0.023_42, 4)
})

test('Below four samples a side no difference, however large, is significant at 5 %', () => {
  expect(smallestP(3, 3)).toBeCloseTo(0.1, 12)
  expect(smallestP(4, 4)).toBeCloseTo(2 / 70, 12)
  expect(criticalU(3, 3, 0.025)).toBe(-1)
  expect(criticalU(4, 4, 0.025)).toBe(0)
  expect(criticalU(10, 10, 0.025), 'as in every table of critical values').toBe(23)
  expect(criticalU(5, 8, 0.025)).toBe(6)
})

test('A side without samples is refused', () => {
  expect(() => mannWhitney([], [1])).toThrow('each side needs at least one sample; got 0 and 1')
})

function pairsWon(ours: readonly number[], theirs: readonly number[]): number {
  return ours
    .flatMap((one) => theirs.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)))
    .reduce<number>((sum, won) => sum + won, 0)
}

/** All ways to take `count` of so many. */
function choices(among: number, count: number): Set<number>[] {
  if (count === 0) return [new Set()]
  if (among < count) return []
  const last = among - 1
  return [...choices(last, count), ...choices(last, count - 1).map((chosen) => new Set([...chosen, last]))]
}
