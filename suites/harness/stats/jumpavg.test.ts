import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { jumpavg } from '../../../lab/stats/jumpavg.ts'
import { chanceOf } from './chance.ts'
import { readVectors } from './vectors.ts'

const VECTORS = readVectors(
  'jumpavg-groups.json',
  z.object({ values: z.array(z.number()), groupSizes: z.array(z.number()) }),
)

test('A hundred series fall into the groups of CSIT’s jumpavg', () => {
  expect(VECTORS).toHaveLength(100)
  for (const { values, groupSizes } of VECTORS)
    expect(jumpavg(values).map(({ size }) => size)).toEqual(groupSizes)
})

test('Groups follow one another, hold every value, and know their average', () => {
  for (const { values } of VECTORS) {
    const groups = jumpavg(values)
    let next = 0
    for (const { from, size, average } of groups) {
      expect(from).toBe(next)
      const members = values.slice(from, from + size)
      expect(average / (members.reduce((sum, value) => sum + value, 0) / size)).toBeCloseTo(1, 12)
      next += size
    }
    expect(next).toBe(values.length)
  }
})

test('The unit of the values does not matter', () => {
  for (const { values, groupSizes } of VECTORS.slice(0, 20))
    expect(jumpavg(values.map((value) => value / 1000)).map(({ size }) => size)).toEqual(groupSizes)
})

test('Nothing, one value, zeros: there is a grouping of each', () => {
  expect(jumpavg([])).toEqual([])
  expect(jumpavg([7])).toEqual([{ from: 0, size: 1, average: 7 }])
  expect(jumpavg([0, 0, 0])).toEqual([{ from: 0, size: 3, average: 0 }])
})

test('What is no measurement is refused', () => {
  for (const wrong of [-1, NaN, Infinity])
    expect(() => jumpavg([5, wrong])).toThrow(`values to group are 0 or more; got ${wrong}`)
})

test('A thousand nights are grouped in less than two seconds', () => {
  const chance = chanceOf('nights')
  const values = Array.from({ length: 1000 }, (_, night) => chance.normal(night < 700 ? 100 : 97, 0.5))
  const before = performance.now()
  expect(jumpavg(values).map(({ size }) => size)).toEqual([700, 300])
  expect(performance.now() - before).toBeLessThan(2000)
})
