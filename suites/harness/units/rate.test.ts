import { expect, test } from '@playwright/test'
import { framesPerSecond, frameSize, gbps } from '../../../lab/units/frame.ts'
import { framesAt, inEveryUnit, parseRate } from '../../../lab/units/rate.ts'

const [SMALL, LARGE] = [frameSize(64), frameSize(1518)]
const frames = (text: string, size = SMALL, line = gbps(10)) =>
  Math.floor(framesAt(parseRate(text), size, line))

for (const [text, small, large] of [
  ['300000', 300_000, 300_000],
  ['1.5Mpps', 1_500_000, 1_500_000],
  ['20 kpps', 20_000, 20_000],
  // 84 and 1538 bytes on the wire (IEEE 802.3); 64 and 1518 of the frames themselves.
  ['10Gbps-l1', 14_880_952, 812_743],
  ['10Gbps-l2', 19_531_250, 823_451],
  ['672Mbps-l1', 1_000_000, 54_616],
  ['50%', 7_440_476, 406_371],
  ['0.1%', 14_880, 812],
  ['line', 14_880_952, 812_743],
] as const)
  test(`${text} on 10 Gb/s are ${small} frames of 64 bytes a second, and ${large} of 1518`, () => {
    expect([frames(text), frames(text, LARGE)]).toEqual([small, large])
  })

test('Bits without a layer are refused, with both ways to say it', () => {
  expect(() => parseRate('10Gbps')).toThrow(
    '10Gbps of what? Say 10Gbps-l1 with preamble and gap, as a line counts, or 10Gbps-l2 for the frames alone',
  )
})

for (const [text, why] of [
  ['fast', 'a rate is like 300000, 1.5Mpps, 10Gbps-l1, 9.5Gbps-l2, 50% or line; got fast'],
  ['-5', 'got -5'],
  ['1e3', 'got 1e3'],
  ['10Gbps-l3', 'got 10Gbps-l3'],
  ['10mpps', 'got 10mpps'],
  ['', 'a rate is like'],
  ['0', 'above zero; got 0'],
  ['0.0%', 'above zero; got 0.0%'],
  ['101%', 'a line carries 100% at most; got 101%'],
] as const)
  test(`'${text}' is refused as a rate`, () => {
    expect(() => parseRate(text)).toThrow(why)
  })

test('A part of a line that is not there is refused, and no other rate needs one', () => {
  expect(() => framesAt(parseRate('50%'), SMALL, undefined)).toThrow('needs a line with a speed')
  expect(framesAt(parseRate('672Mbps-l1'), SMALL, undefined)).toBe(1_000_000)
})

test('A rate is told in every unit, and there and back is the same', () => {
  const told = inEveryUnit(framesPerSecond(1_000_000), SMALL, gbps(10))
  expect(told).toEqual({ frames: 1e6, l1: 672e6, l2: 512e6, line: expect.closeTo(0.0672, 10) as unknown })
  expect(inEveryUnit(framesPerSecond(1_000_000), SMALL, undefined)).not.toHaveProperty('line')
  for (const unit of ['frames', 'l1', 'l2', 'line'] as const)
    expect(framesAt({ unit, value: told[unit]! }, SMALL, gbps(10))).toBeCloseTo(1e6, 3)
})
