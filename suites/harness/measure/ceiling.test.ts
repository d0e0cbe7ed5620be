import { join } from 'node:path'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from '@playwright/test'
import { NOTHING_ARRIVED } from '../../../lab/remote/arrivals.ts'
import type { Generator, Load } from '../../../lab/generator/generator.ts'
import {
  aboveCeiling,
  type Ceilings,
  measureCeilings,
  readCeilings,
  writeCeilings,
} from '../../../lab/measure/ceiling.ts'
import { framesPerSecond, frameSize } from '../../../lab/units/frame.ts'

const of = (size: number, ceiling: number) => ({ size, ceiling, lost: 0, lostBelow: 0, sent: 200_000 })
const CEILINGS: Ceilings = {
  generator: 'trex 3.08',
  measured: '2026-11-25T12:00:00.000Z',
  sizes: [of(64, 150_000), of(1518, 140_000), of(9000, 90_000)],
}
const load = (size: number, rate?: number) => ({
  size: frameSize(size),
  ...(rate === undefined ? {} : { rate: framesPerSecond(rate) }),
})

test('A load above what the generator was seen to do by itself says nothing about the DUT', () => {
  expect(aboveCeiling(CEILINGS, load(64, 150_001))).toBe(
    'generator limit: 150001 frames of 64 bytes a second are more than it was seen to send by itself (150000)',
  )
  expect(aboveCeiling(CEILINGS, load(64, 150_000))).toBeUndefined()
})

test('A size that was not tried has the ceiling of the next longer one; beyond the longest none is known', () => {
  expect(aboveCeiling(CEILINGS, load(512, 145_000))).toContain('(140000)')
  expect(aboveCeiling(CEILINGS, load(4000, 89_000))).toBeUndefined()
  expect(aboveCeiling(CEILINGS, load(9001, 1_000_000))).toBeUndefined()
})

test('As fast as it goes is above no ceiling, and without a self-test none is known', () => {
  expect(aboveCeiling(CEILINGS, load(64))).toBeUndefined()
  expect(aboveCeiling(undefined, load(64, 1e9))).toBeUndefined()
})

test('Ceilings are those of the very generator that was tried', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-ceilings-'))
  const file = join(folder, 'ceilings/local.json')
  expect(await readCeilings(file, 'trex 3.08')).toBeUndefined()
  await writeCeilings(file, CEILINGS)
  expect(await readCeilings(file, 'trex 3.08')).toEqual(CEILINGS)
  expect(await readCeilings(file, 'trex 3.09')).toBeUndefined()
  writeFileSync(file, '{"half":')
  expect(await readCeilings(file, 'trex 3.08')).toBeUndefined()
  rmSync(folder, { recursive: true })
})

/** Loses one in a thousand above 0.95 of what it can. @param late seconds that the end of a load is noticed late by. */
function simulated(most = 100_000, late = 0): Generator {
  let [offered, lost] = [0, 0]
  return {
    kind: 'soft',
    version: '6.18',
    ports: {},
    cannot: {},
    marks: 'whole',
    adapt: (one: Load) => one,
    listen: () => Promise.resolve(),
    send: ({ count, rate = 1e9 }) => {
      const achieved = Math.min(rate, most)
      offered = count
      lost = achieved > 0.95 * most ? Math.floor(count / 1_000) : 0
      return Promise.resolve({ offered, durationNs: (count / achieved + late) * 1e9 })
    },
    arrivals: () => Promise.resolve({ b: { ...NOTHING_ARRIVED, frames: offered - lost } }),
    losses: () => Promise.resolve({}),
    halt: () => Promise.resolve(),
    finish: () => Promise.resolve(undefined),
    log: () => [],
    counters: () => Promise.resolve({}),
    setMtu: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
test('A self-test finds the ceiling of each size, what is lost there, and that less is lost below', async () => {
  const { generator, sizes } = await measureCeilings(simulated(), ['a', 'b'])
  expect(generator).toBe('soft 6.18')
  expect(sizes).toEqual(
    [64, 1518, 9000].map((size) => ({ size, ceiling: 100_000, lost: 200, lostBelow: 0, sent: 200_000 })),
  )
})

test('A fast generator is given more frames, until the time that they take can be told', async () => {
  const { sizes } = await measureCeilings(simulated(14_880_952, 0.04), ['a', 'b'])
  for (const { ceiling, sent, lost, lostBelow } of sizes) {
    // 200,000 frames would take 13 ms, and seem to be 3.7 million a second.
    expect(ceiling / 14_880_952).toBeGreaterThan(0.96)
    expect(sent).toBeGreaterThan(14_000_000)
    expect([lost, lostBelow]).toEqual([Math.floor(sent / 1_000), 0])
  }
})
