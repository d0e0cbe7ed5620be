import { expect, test } from '@playwright/test'
import { sortOutSpoiled } from '../../../lab/stats/spoiled.ts'
import { chanceOf } from './chance.ts'

const NINE = [1000, 1004, 998, 1001, 996, 1003, 999, 1002, 997]

test('A run far below or above the others is spoiled', () => {
  expect(sortOutSpoiled([...NINE, 930], 0.02)).toEqual({ kept: NINE, spoiled: [930] })
  expect(sortOutSpoiled([1080, ...NINE], 0.02)).toEqual({ kept: NINE, spoiled: [1080] })
})

test('Where runs lie close together, one that differs by little is kept', () => {
  const close = [1000, 1000, 1000, 1000, 985]
  expect(sortOutSpoiled(close, 0.02).spoiled).toEqual([])
  expect(sortOutSpoiled(close, 0.01).spoiled).toEqual([985])
})

test('Two of ten may be spoiled; three are another level, and all count', () => {
  const eight = NINE.slice(0, 8)
  expect(sortOutSpoiled([...eight, 930, 940], 0.02).spoiled).toEqual([930, 940])
  const three = [...NINE.slice(0, 7), 930, 935, 940]
  expect(sortOutSpoiled(three, 0.02)).toEqual({ kept: three, spoiled: [] })
})

test('Of four samples none is spoiled: which of them would it be?', () => {
  expect(sortOutSpoiled([1000, 1001, 999, 900], 0.02).spoiled).toEqual([])
})

test('Plain noise loses no more than one sample in a hundred', () => {
  const chance = chanceOf('plain noise')
  let spoiled = 0
  for (let round = 0; round < 2000; round += 1)
    spoiled += sortOutSpoiled(
      Array.from({ length: 10 }, () => chance.normal(1000, 30)),
      0.02,
    ).spoiled.length
  expect(spoiled / 20_000).toBeLessThan(0.01)
})
