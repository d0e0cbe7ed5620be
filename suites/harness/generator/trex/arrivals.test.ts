import { expect, test } from '@playwright/test'
import { arrivalsAt, ofGroups } from '../../../../lab/generator/trex/arrivals.ts'
import type { Counts } from '../../../../lab/generator/trex/replies.ts'
import { frameSize } from '../../../../lab/units/frame.ts'

const SIZE = frameSize(64)
const LATENCY = { group: 2, largestUs: 0, dropped: 0, outOfOrder: 0, duplicates: 0, histogramUs: [] }

/** Frames of one flow group and one latency group that were sent, and that port 1 has received of them. */
function counted(
  sent: number,
  received: number,
  more: Partial<Counts['latency'][number]> = {},
  bytes = 64,
): Counts {
  const group = (number: number, of: [number, number]) => ({
    group: number,
    sent: of[0],
    sentBytes: of[0] * 64,
    received: { '0': 0, '1': of[1] },
    receivedBytes: { '0': 0, '1': of[1] * bytes },
  })
  return {
    ports: [],
    groups: [group(1, [sent, received]), group(2, [0, 0])],
    latency: [{ ...LATENCY, ...more }],
  }
}
const NOTHING = counted(0, 0)

test('What arrived is what was counted since before the first frame, without the FCS', () => {
  const before = counted(500, 500, {
    histogramUs: [
      [0, 5],
      [100, 2],
    ],
  })
  const after = counted(1_500, 1_400, {
    histogramUs: [
      [0, 5],
      [100, 10],
      [2000, 1],
    ],
  })
  expect(arrivalsAt(1, before, after, () => SIZE)).toMatchObject({
    frames: 900,
    bytes: 900 * 60,
    truncated: 0,
    duplicates: 0,
    latency: [
      [100_000, 8],
      [2_000_000, 1],
    ],
  })
  expect(arrivalsAt(0, before, after, () => SIZE)).toMatchObject({ frames: 0, latency: [] })
})

test('Nothing received is no perfect latency, although TRex shows it as one', () => {
  const silent = counted(1_000, 0, { histogramUs: [[0, 3]] })
  expect(arrivalsAt(1, NOTHING, silent, () => SIZE)).toMatchObject({ frames: 0, latency: [] })
})

test('More received than sent are duplicates, and so are those that a latency stream saw twice', () => {
  expect(arrivalsAt(1, NOTHING, counted(1_000, 1_010), () => SIZE).duplicates).toBe(10)
  expect(arrivalsAt(1, NOTHING, counted(1_000, 1_000, { duplicates: 3 }), () => SIZE).duplicates).toBe(3)
})

test('Frames out of order within a latency stream are told', () => {
  expect(arrivalsAt(1, NOTHING, counted(1_000, 1_000, { outOfOrder: 7 }), () => SIZE).reordered).toBe(7)
})

test('Bytes that do not fit the frames betray that some changed in length', () => {
  expect(arrivalsAt(1, NOTHING, counted(10, 10, {}, 60), () => SIZE).truncated).toBe(1)
  expect(arrivalsAt(1, NOTHING, counted(10, 10, {}, 64), () => SIZE).truncated).toBe(0)
})

test('Of two loads each is counted by its own groups: what the other sent hides no copies', () => {
  const one = counted(1_000, 1_003)
  const other = {
    group: 1_001,
    sent: 500,
    sentBytes: 32_000,
    received: { '0': 500 },
    receivedBytes: { '0': 32_000 },
  }
  const both = { ...one, groups: [...one.groups, other] }
  const own = (counts: Counts) => arrivalsAt(1, NOTHING, ofGroups(counts, [1, 2]), () => SIZE)
  expect(own(both)).toMatchObject({ frames: 1_003, duplicates: 3 })
  expect(arrivalsAt(0, NOTHING, ofGroups(both, [1_001]), () => SIZE)).toMatchObject({
    frames: 500,
    duplicates: 0,
  })
})
