import { expect, test } from '@playwright/test'
import { quantityText } from '../../../../lab/record/quantity-text.ts'
import { sparkline } from '../../../../lab/record/sparkline.ts'
import { historyOf } from '../../../../lab/record/store/history.ts'
import type { Series } from '../../../../lab/record/store/series.ts'
import { CELL } from './run-files.ts'

const series = (...values: (number | null)[]): Series => ({
  cell: CELL,
  quantity: 'pdr',
  points: values.map((value, at) => ({ run: 'run', at, value, lower: value, upper: value })),
})

test('The last is held against the median of those before it, and not against itself', () => {
  const { median, change, range, last } = historyOf(series(100, 102, 104, 51), 50)
  expect([median, change, range, last.value]).toEqual([102, -0.5, [51, 104], 51])
})

test('Only the last points count', () => {
  expect(historyOf(series(1, 100, 102, 51), 3)).toMatchObject({ median: 101, range: [51, 102] })
})

test('What is invalid is a gap, and counts for nothing', () => {
  const { median, change, line } = historyOf(series(100, null, 102, null), 50)
  expect([median, change]).toEqual([101, null])
  expect(line).toMatch(/^[▁-█]·[▁-█]·$/)
})

test('Of one point, or of none that is valid, nothing is made up', () => {
  expect(historyOf(series(100), 50)).toMatchObject({ median: null, change: null, range: [100, 100] })
  expect(historyOf(series(null, null), 50)).toMatchObject({ median: null, range: null, line: '··' })
})

test('Noise of half a per cent is flat, and a drop of a third is not', () => {
  const bars = (...values: number[]) => new Set(historyOf(series(...values), 50).line).size
  expect(bars(100, 100.5, 99.6, 100.2)).toBeLessThanOrEqual(2)
  expect(historyOf(series(100, 100, 66, 100), 50).line).toBe('▇▇▁▇')
})

test('Values that are all zero, or all alike, have a line', () => {
  expect(sparkline([0, 0], 0, 50)).toHaveLength(2)
  expect(new Set(sparkline([5, 5, 5], 5, 50)).size).toBe(1)
})

test('More points than columns are put together by their median, and one spoilt night does not show', () => {
  const values = Array.from({ length: 500 }, (_, night) => (night < 250 ? 100 : night === 300 ? 10 : 50))
  const line = sparkline(values, 75, 50)
  expect(line).toBe(`${'█'.repeat(25)}${'▁'.repeat(25)}`)
})

for (const [quantity, value, text] of [
  ['pdr', 8_650_000, '8.65 Mpps'],
  ['pdr', 14_880_952, '14.9 Mpps'],
  ['pdr', 148_809_523, '149 Mpps'],
  ['pdr', 999_600, '1.00 Mpps'],
  ['mrr', 149_500, '150 kpps'],
  ['ndr', 950, '950 pps'],
  ['latency-p99', 640, '640 ns'],
  ['latency-median', 12_345, '12.3 us'],
  ['recovery', 2_500_000_000, '2.50 s'],
  ['back-to-back', 12_345.4, '12,345 frames'],
  ['cost-ns', 115.34, '115 ns'],
  ['cost-cycles', 98.76, '98.8 cycles'],
] as const)
  test(`A ${quantity} of ${value} reads ${text}`, () => {
    expect(quantityText(quantity, value)).toBe(text)
  })
