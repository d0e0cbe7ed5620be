import { expect, test } from '@playwright/test'
import { multiplierOf } from '../../../../lab/generator/trex/profile.ts'
import { gbps } from '../../../../lab/units/frame.ts'
import { parseRate } from '../../../../lab/units/rate.ts'

for (const [rate, multiplier] of [
  ['1.5Mpps', '1500000.000pps'],
  ['2Gbps-l1', '2000000000bpsl1'],
  ['2Gbps-l2', '2000000000bps'],
  // Of 25 Gb/s, whatever TRex takes the port for.
  ['50%', '12500000000bpsl1'],
] as const)
  test(`${rate} of a profile is ${multiplier} to TRex`, () => {
    expect(multiplierOf(parseRate(rate), gbps(25))).toBe(multiplier)
  })

test('Without a rate a profile goes as its file says', () => {
  expect(multiplierOf(undefined, gbps(25))).toBe('1')
})
