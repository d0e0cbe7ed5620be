import { expect, test } from '@playwright/test'
import { sentWithinMs } from '../../../lab/generator/soft.ts'
import { framesPerSecond } from '../../../lab/units/frame.ts'

const GRACE_MS = 15_000

test('A load is waited for as long as its rate takes, and some seconds more', () => {
  expect(sentWithinMs({ count: 50_000, rate: framesPerSecond(5_000) })).toBe(10_000 + GRACE_MS)
})

test('A load faster than a busy machine sends long frames is waited for as if it were slower', () => {
  const atLeast = (1_000_000 / 20_000) * 1000
  expect(sentWithinMs({ count: 1_000_000, rate: framesPerSecond(1_000_000) })).toBe(atLeast + GRACE_MS)
  expect(sentWithinMs({ count: 1_000_000 })).toBe(atLeast + GRACE_MS)
})
