import { expect, test } from '@playwright/test'
import { longestBurst } from '../../../lab/measure/burst-search.ts'

const LIMITS = { least: 16, most: 1_000_000 }

/** A DUT that holds bursts up to so many frames, and loses what is beyond. */
function dut(holds: number, invalid: (trial: number) => boolean = () => false) {
  const lengths: number[] = []
  const measure = (frames: number) => {
    lengths.push(frames)
    return Promise.resolve(invalid(lengths.length) ? undefined : Math.max(0, frames - holds))
  }
  return { lengths, measure }
}

for (const holds of [17, 100, 256, 5_000, 123_456, 999_999])
  test(`A DUT that holds ${holds} frames is found within a twentieth, from below and from above`, async () => {
    const { lengths, measure } = dut(holds)
    const result = await longestBurst(measure, LIMITS)
    expect(result).toMatchObject({ kind: 'found' })
    if (result.kind !== 'found') return
    expect(result.longest).toBeLessThanOrEqual(holds)
    expect(result.tooLong).toBeGreaterThan(holds)
    expect(result.tooLong - result.longest).toBeLessThanOrEqual(Math.max(1, 0.05 * result.tooLong))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(LIMITS.most)
    expect(lengths.length).toBeLessThan(20)
  })

test('A DUT that holds all that may be sent is at the ceiling', async () => {
  expect(await longestBurst(dut(1_000_000).measure, LIMITS)).toEqual({
    kind: 'at-ceiling',
    longest: 1_000_000,
  })
})

test('A DUT that loses of the shortest burst is below the floor, after one trial', async () => {
  const { lengths, measure } = dut(15)
  expect(await longestBurst(measure, LIMITS)).toEqual({ kind: 'below-floor', tooLong: 16 })
  expect(lengths).toEqual([16])
})

test('An invalid trial is repeated, and counts for nothing', async () => {
  const { measure } = dut(100, (trial) => trial % 2 === 0)
  expect(await longestBurst(measure, LIMITS)).toMatchObject({ kind: 'found', longest: 100 })
})

test('A generator whose trials stay invalid ends the search', async () => {
  const { lengths, measure } = dut(100, (trial) => trial > 2)
  expect(await longestBurst(measure, LIMITS)).toEqual({ kind: 'invalid' })
  expect(lengths).toEqual([16, 64, 256, 256, 256])
})
