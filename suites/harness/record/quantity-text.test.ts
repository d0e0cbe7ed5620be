import { expect, test } from '@playwright/test'
import { figureText, quantityText } from '../../../lab/record/quantity-text.ts'

test('A bound is read in the direction in which the DUT may be better', () => {
  const text = (quantity: 'mrr' | 'cost-ns', irregular: 'at-ceiling' | 'below-floor') =>
    figureText(quantity, { value: 100, irregular })
  expect(text('mrr', 'at-ceiling')).toBe('≥ 100 pps')
  expect(text('mrr', 'below-floor')).toBe('≤ 100 pps')
  expect(text('cost-ns', 'at-ceiling')).toBe('≤ 100 ns')
  expect(text('cost-ns', 'below-floor')).toBe('≥ 100 ns')
  expect(figureText('mrr', { value: 100 })).toBe('100 pps')
})

test('Figures have the digits asked for, and the unit that leaves the fewest', () => {
  expect(quantityText('mrr', 8_617_512)).toBe('8.62 Mpps')
  expect(quantityText('mrr', 8_617_512, 4)).toBe('8.618 Mpps')
  expect(quantityText('mrr', 999_600)).toBe('1.00 Mpps')
  expect(quantityText('latency-median', 12_345)).toBe('12.3 us')
  expect(quantityText('loss-ratio', 0.004_99)).toBe('0.499 %')
})
