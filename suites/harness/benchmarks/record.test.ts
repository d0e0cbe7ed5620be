import { expect, test } from '@playwright/test'
import { BenchmarkRecord, thisMachine } from '../../../benchmarks/record.ts'

const RECORD: BenchmarkRecord = {
  schema: 1,
  benchmark: 'devmap-bare',
  began: '2026-01-02T03:04:05.678Z',
  machine: thisMachine(),
  frames: 3_000_000,
  runs: [
    { round: 0, what: 'bare loop', mpps: 3 },
    { round: 0, what: 'harness', mpps: 2.9, invalid: '2 of 3 frames arrived' },
  ],
  results: [
    {
      what: 'harness',
      mpps: { median: 2.9, min: 2.8, max: 3 },
      to: 'bare loop',
      ratio: { median: 0.97, min: 0.9, max: 1 },
      pairs: 9,
    },
    { what: 'other', mpps: null, to: 'bare loop', ratio: null, pairs: 0 },
  ],
}

test('A record comes back as it was kept', () => {
  expect(BenchmarkRecord.parse(JSON.parse(JSON.stringify(RECORD)))).toEqual(RECORD)
})

test('A record says on what machine it was made, and how busy that was', () => {
  const machine = thisMachine()
  expect(machine.cpus).toBeGreaterThan(0)
  expect(machine.kernel).toMatch(/^\d+\.\d+/)
  expect(machine.load).toBeGreaterThanOrEqual(0)
})

for (const [what, spoilt] of [
  ['another schema', { ...RECORD, schema: 2 }],
  ['an unknown benchmark', { ...RECORD, benchmark: 'fastest' }],
  ['a time that is none', { ...RECORD, began: 'yesterday' }],
  ['no frames', { ...RECORD, frames: 0 }],
] as const)
  test(`A record with ${what} is refused`, () => {
    expect(BenchmarkRecord.safeParse(spoilt).success).toBe(false)
  })
