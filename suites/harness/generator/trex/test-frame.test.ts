import { expect, test } from '@playwright/test'
import { marking, testFrame, type Variable } from '../../../../lab/generator/trex/test-frame.ts'

const OF = {
  to: '02:00:00:00:01:01',
  from: '02:00:00:00:00:01',
  signature: 0xfedcba98,
  flow: 5,
}

/** The frame as TRex sends its copy of that number. */
function sent(frame: Buffer, variables: readonly Variable[], copy: number): Buffer {
  const bytes = Buffer.from(frame)
  for (const { at, bytes: size, first, step } of variables) {
    const value = BigInt(first) + BigInt(step) * BigInt(copy)
    if (size === 4) bytes.writeUInt32LE(Number(value), at)
    else bytes.writeBigUInt64LE(value, at)
  }
  return bytes
}

/** lab_check() of lab/agent/bpf/frame.h, in 64 bits. */
function checkOf(frame: Buffer): number {
  const wrap = (value: bigint) => BigInt.asUintN(64, value)
  const flow = BigInt((frame.readUInt16BE(34) - 0x4000) & 0x3fff)
  let sum = wrap(BigInt(frame.readUInt32LE(42)) + (flow << 16n) + BigInt(frame.length))
  sum = wrap(sum + BigInt(frame.readUInt32LE(46)) * 0x9e3779b9n)
  sum ^= frame.readBigUInt64LE(50)
  sum ^= sum >> 32n
  sum ^= sum >> 16n
  return Number(sum & 0xffffn)
}

test('Every copy that TRex makes of a test frame carries its own sequence and the check that the agent wants', () => {
  for (const length of [60, 1514, 8996])
    for (const copy of [0, 1, 2, 999, 1_000_000])
      // The part of a load that begins in its middle has numbers that a double does not hold.
      for (const first of [3, 5_500_003, 40_000_001]) {
        const of = { ...OF, length }
        const frame = sent(testFrame(of), marking(of, first, 7, 1_000_001), copy)
        expect(frame.readUInt32LE(46), 'sequence').toBe(first + 7 * copy)
        expect(frame.readUInt16LE(58), 'check').toBe(checkOf(frame))
      }
})

test('A variable counts to its last copy without turning over', () => {
  const of = { ...OF, length: 60, flow: 16_383 }
  for (const { bytes, first, step, last } of marking(of, 2 ** 24, 16_384, 1_000)) {
    expect(BigInt(first) + BigInt(step) * 999n).toBeLessThan(BigInt(last))
    expect(BigInt(last)).toBeLessThan(2n ** BigInt(8 * bytes))
  }
})

test('The headers are those of the lab’s test frames', () => {
  const frame = testFrame({ ...OF, length: 60 })
  expect(frame.subarray(0, 42).toString('hex')).toBe(
    [
      '020000000101' + '020000000001' + '0800',
      '4500002e' + '00004000' + '4011' + 'ae97' + 'c6120001' + 'c6130001',
      '4005' + '0009' + '001a' + '0000',
    ].join(''),
  )
})
