import { expect, test } from '@playwright/test'
import { levelsOf } from '../../../lab/stats/change-points.ts'
import { jumpavg } from '../../../lab/stats/jumpavg.ts'
import { chanceOf } from './chance.ts'

const OPTIONS = { smallestGroup: 2, smallestChange: 0.01 }
const FIVE = [1000, 1002, 999, 1001, 998]

test('A level that drops for good is a second level, with its nights', () => {
  const { levels, setAside } = levelsOf([...FIVE, 950, 951, 949], OPTIONS)
  expect(levels.map(({ members }) => members)).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7],
  ])
  expect(levels[1]!.average).toBeCloseTo(950, 6)
  expect(setAside).toEqual([])
})

test('One spoiled night in the middle parts nothing: it is set aside', () => {
  const values = [...FIVE, 930, ...FIVE]
  expect(jumpavg(values).length, 'jumpavg alone makes a group of it').toBe(3)
  const { levels, setAside } = levelsOf(values, OPTIONS)
  expect(levels).toHaveLength(1)
  expect(levels[0]!.members).toHaveLength(10)
  expect(setAside).toEqual([5])
})

test('The first night of a drop is not a level yet; the second makes it one', () => {
  expect(levelsOf([...FIVE, 950], OPTIONS)).toMatchObject({ levels: [{}], setAside: [5] })
  expect(levelsOf([...FIVE, 950, 951], OPTIONS)).toMatchObject({ levels: [{}, {}], setAside: [] })
})

test('A change too small to matter is none, however sure', () => {
  const sure = [...FIVE.map((value) => value / 10 + 900), ...FIVE.map((value) => value / 10 + 895)]
  expect(levelsOf(sure, { ...OPTIONS, smallestChange: 0 }).levels).toHaveLength(2)
  expect(levelsOf(sure, OPTIONS).levels).toHaveLength(1)
})

test('Of three levels only the two that are near each other are joined', () => {
  const near = [...FIVE, ...FIVE.map((value) => value * 0.994), ...FIVE.map((value) => value * 0.95)]
  const { levels } = levelsOf(near, OPTIONS)
  expect(levels.map(({ members }) => members.length)).toEqual([10, 5])
  expect(levels[0]!.average).toBeCloseTo(997, 0)
})

test('With both options off the levels are jumpavg’s groups', () => {
  const chance = chanceOf('off')
  for (let round = 0; round < 20; round += 1) {
    const values = Array.from({ length: 30 }, () =>
      chance.normal(100 - 10 * Math.floor(3 * chance.uniform()), 1),
    )
    const { levels, setAside } = levelsOf(values, { smallestGroup: 1, smallestChange: 0 })
    expect(levels.map(({ members }) => members.length)).toEqual(jumpavg(values).map(({ size }) => size))
    expect(setAside).toEqual([])
  }
})

test('A history of no night, and of one, has no level', () => {
  expect(levelsOf([], OPTIONS)).toEqual({ levels: [], setAside: [] })
  expect(levelsOf([5], OPTIONS)).toEqual({ levels: [], setAside: [0] })
})
