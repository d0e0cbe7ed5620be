import { expect, test } from '@playwright/test'
import { frameSize } from '../../../lab/units/frame.ts'
import { IMIX, meanSize, sharesOf } from '../../../lab/units/mix.ts'

test('The Internet mix is 7:4:1 of 64, 570 and 1518 bytes, and 354 bytes in the mean', () => {
  expect(sharesOf(IMIX, 12)).toEqual([7, 4, 1])
  expect(meanSize(IMIX), '4,246 bytes in 12 frames').toBe(354)
})

test('Whatever the count, its parts add up to it', () => {
  for (let count = 1; count < 100; count++) {
    const shares = sharesOf(IMIX, count)
    expect(shares.reduce((sum, share) => sum + share)).toBe(count)
    for (const [index, part] of [7, 4, 1].entries())
      expect(
        Math.abs(shares[index]! - (count * part) / 12),
        `${count}: ${shares.join()}`,
      ).toBeLessThanOrEqual(1)
  }
  expect(sharesOf([{ size: frameSize(64), parts: 3 }], 5)).toEqual([5])
})
