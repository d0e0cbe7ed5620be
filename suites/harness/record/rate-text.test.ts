import { expect, test } from '@playwright/test'
import { rateText } from '../../../lab/record/rate-text.ts'
import { framesPerSecond, frameSize, gbps } from '../../../lab/units/frame.ts'

const load = { size: frameSize(64), frames: 'linear', count: 1_000_001, rate: framesPerSecond(1e6) } as const
const trial = { offered: 1_000_001, durationNs: 1e9, load }

test('A trial tells its rate in frames, bits of the wire, bits of frames, and as part of the line', () => {
  expect(rateText({ ...trial, line: gbps(10) })).toBe(
    '1,000,000 frames a second, 0.672 Gbit/s of the wire (L1), 0.512 Gbit/s of frames (L2), 6.72 % of its line rate',
  )
})

test('Where there is no line, nothing is said of its part, and a single frame has no rate', () => {
  expect(rateText(trial)).toMatch(/, the port has no line rate$/)
  expect(rateText({ ...trial, offered: 1 })).toBe('')
})
