import { expect, test } from '@playwright/test'
import { lastChange, trendOf } from '../../../../lab/record/night/trend.ts'
import { cellOf, SimulatedBed } from './simulated-bed.ts'

test('A level that stays is a change point, with its night and by how much', () => {
  const bed = new SimulatedBed('level', [cellOf('devmap')])
  bed.live(30)
  bed.level = () => 0.95
  bed.live(5)
  const trend = trendOf(bed.nights, bed.nights.at(-1)!.figures[0]!)
  expect(trend.levels).toHaveLength(2)
  const change = lastChange(trend)!
  expect(change.run).toBe(bed.nights[30]!.run)
  expect(change.change).toBeCloseTo(-0.05, 2)
})

test('A single night is none, nor is a change within twice the width of the search', () => {
  const bed = new SimulatedBed('single', [cellOf('devmap')], { noise: 0 })
  bed.live(20)
  bed.level = () => 0.9
  bed.live(1)
  bed.level = () => 0.992
  bed.live(20)
  expect(trendOf(bed.nights, bed.nights.at(-1)!.figures[0]!).levels).toHaveLength(1)
  const wide = { ...bed.nights.at(-1)!.figures[0]!, width: 0.03 }
  bed.level = () => 0.95
  bed.live(5)
  expect(trendOf(bed.nights, wide).levels).toHaveLength(1)
  expect(trendOf(bed.nights, { ...wide, width: 0.005 }).levels).toHaveLength(2)
})

test('A night without a figure stands in the trend as a gap', () => {
  const bed = new SimulatedBed('gap', [cellOf('devmap')])
  bed.live(12)
  bed.fault = () => ({ invalid: 'the link of a went down meanwhile' })
  bed.live(1)
  const { nights, levels } = trendOf(bed.nights, bed.nights.at(-1)!.figures[0]!)
  expect(nights.at(-1)!.figure.figure).toBeNull()
  expect(levels).toMatchObject([{ first: 0, last: 11 }])
})
