import { expect, test } from '@playwright/test'
import { framesPerSecond, frameSize, gbps, kernelBytes, lineRate, mtuFor } from '../../../lab/units/frame.ts'

test('64-byte frames fill 10 Gbps at 14.88 million a second, and 1518-byte frames at 812,744', () => {
  expect(Math.floor(lineRate(frameSize(64), gbps(10)))).toBe(14_880_952)
  expect(Math.floor(lineRate(frameSize(1518), gbps(10)))).toBe(812_743)
  expect(Math.floor(lineRate(frameSize(64), gbps(100)))).toBe(148_809_523)
})

test('The kernel sees a frame without its checksum, and the MTU is without the Ethernet header too', () => {
  expect(kernelBytes(frameSize(64))).toBe(60)
  expect(kernelBytes(frameSize(1518))).toBe(1514)
  expect(mtuFor(frameSize(1518))).toBe(1500)
  expect(mtuFor(frameSize(9018))).toBe(9000)
})

for (const bytes of [0, 63, 64.5, 65_536, -64, NaN, Infinity])
  test(`A frame of ${bytes} bytes is refused with the range`, () => {
    expect(() => frameSize(bytes)).toThrow(`whole number of 64 to 65535 bytes, FCS included; got ${bytes}`)
  })

for (const rate of [0, -1, NaN, Infinity])
  test(`A rate of ${rate} is refused`, () => {
    expect(() => framesPerSecond(rate)).toThrow(RangeError)
    expect(() => gbps(rate)).toThrow(RangeError)
  })
