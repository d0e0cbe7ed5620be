import { expect, test } from '@playwright/test'
import { deviation, median } from '../../../lab/stats/median.ts'
import { chanceOf } from './chance.ts'

test('The median is the one in the middle, or the mean of both, whatever the order', () => {
  expect(median([3])).toBe(3)
  expect(median([10, 2, 9])).toBe(9)
  expect(median([10, 2, 9, 1])).toBe(5.5)
  expect(() => median([])).toThrow(RangeError)
})

test('The median absolute deviation estimates the standard deviation of normal noise', () => {
  const chance = chanceOf('deviation')
  const samples = Array.from({ length: 20_000 }, () => chance.normal(1000, 7))
  expect(deviation(samples)).toBeGreaterThan(6.8)
  expect(deviation(samples)).toBeLessThan(7.2)
})

test('One sample in five, however wrong, moves neither far', () => {
  const right = [99, 100, 100, 101]
  expect(median([...right, 1e9])).toBe(100)
  expect(deviation([...right, 1e9])).toBeCloseTo(deviation([...right, 102]), 12)
})
