import { expect, test } from '@playwright/test'
import { adjustedForMany } from '../../../lab/stats/benjamini-hochberg.ts'
import { chanceOf } from './chance.ts'

test('The fifteen p-values of the paper of 1995 have four discoveries at 5 %, in whatever order', () => {
  const paper = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ]
  const discoveries = (pValues: readonly number[]) =>
    pValues.filter((_, index) => adjustedForMany(pValues)[index]! <= 0.05)
  expect(discoveries(paper)).toEqual([0.0001, 0.0004, 0.0019, 0.0095])
  expect(discoveries(paper.toReversed())).toEqual([0.0095, 0.0019, 0.0004, 0.0001])
})

test('Adjusted p-values are those of R’s p.adjust', () => {
  const adjusted = adjustedForMany([0.01, 0.02, 0.03, 0.04, 0.05])
  for (const value of adjusted) expect(value).toBeCloseTo(0.05, 12)
  expect(adjustedForMany([0.9, 0.001, 0.04]).map((value) => Number(value.toFixed(6)))).toEqual([
    0.9, 0.003, 0.06,
  ])
  expect(
    adjustedForMany([0.04, 0.05, 0.045]).map((p) => p.toFixed(6)),
    'a smaller p is never adjusted to more',
  ).toEqual(['0.050000', '0.050000', '0.050000'])
  expect(adjustedForMany([0.03])).toEqual([0.03])
  expect(adjustedForMany([])).toEqual([])
})

test('Of a thousand tests of nothing hardly any run has a discovery', () => {
  const chance = chanceOf('nothing')
  const runs = 200
  let some = 0
  for (let run = 0; run < runs; run += 1)
    if (adjustedForMany(Array.from({ length: 1000 }, chance.uniform)).some((p) => p <= 0.05)) some += 1
  expect(some / runs).toBeLessThan(0.1)
})
