import { expect, test } from '@playwright/test'
import { pairedRatios, rotated, spreadOf } from '../../../benchmarks/ratios.ts'

test('The median is the middle one, or the mean of the two in the middle; order does not matter', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 })
  // By number, not by text: '10' comes before '9' in an alphabet.
  expect(spreadOf([9, 10, 11]).median).toBe(10)
})

test('No values have no median', () => {
  expect(() => spreadOf([])).toThrow(RangeError)
})

test('A list that is measured is left as it is', () => {
  const values = [3, 1, 2]
  spreadOf(values)
  expect(values).toEqual([3, 1, 2])
})

test('A ratio is of what was measured in one round; a round that lacks one has none', () => {
  expect(pairedRatios([2, undefined, 9], [4, 5, 3])).toEqual([0.5, 3])
  expect(pairedRatios([2, 3], [undefined, 2])).toEqual([1.5])
  expect(() => pairedRatios([1], [1, 2])).toThrow('1 values cannot be paired with 2')
})

test('Drift that hits both of a pair leaves the median of the ratios alone', () => {
  const drift = [1, 0.9, 0.4, 0.8, 1.1]
  const ratios = pairedRatios(
    drift.map((factor) => 2.85 * factor),
    drift.map((factor) => 3 * factor),
  )
  expect(spreadOf(ratios).median).toBeCloseTo(0.95, 10)
})

test('Each round begins with another, and over the rounds each is first once', () => {
  const list = ['a', 'b', 'c']
  expect([0, 1, 2, 3].map((round) => rotated(list, round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc'])
  expect(rotated([], 5)).toEqual([])
})
