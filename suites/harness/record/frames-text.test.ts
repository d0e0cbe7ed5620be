import { expect, test } from '@playwright/test'
import { framesText } from '../../../lab/record/frames-text.ts'
import { framesPerSecond, frameSize } from '../../../lab/units/frame.ts'
import { IMIX } from '../../../lab/units/mix.ts'
import { rateText } from '../../../lab/record/rate-text.ts'
import { seconds } from '../../../lab/units/seconds.ts'

const load = { size: frameSize(1518), frames: 'linear', count: 1_001, rate: framesPerSecond(1_000) } as const
const profile = { path: '/somewhere/two.py', seconds: seconds(1) }

test('A load is named by its size, its mix or its profile', () => {
  expect(framesText(load)).toBe('linear frames of 1518 bytes')
  expect(framesText({ ...load, mix: IMIX })).toBe('linear frames of 64, 570 and 1518 bytes, 7:4:1')
  expect(framesText({ ...load, profile })).toBe('linear frames of two.py, at most 1518 bytes')
})

test('Bits of a mix are of its mean frame, and of a profile nobody knows them', () => {
  const trial = { offered: 1_001, durationNs: 1e9 }
  // 354 and 374 bytes, 8 bits, 1,000 a second.
  expect(rateText({ ...trial, load: { ...load, mix: IMIX } })).toContain(
    '0.00299 Gbit/s of the wire (L1), 0.00283 Gbit/s of frames (L2)',
  )
  expect(rateText({ ...trial, load: { ...load, profile } })).toBe('1,000 frames a second')
})
