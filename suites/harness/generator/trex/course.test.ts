/** When a load of TRex began and ended, of which nobody tells but looks from time to time. */
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { sendingMs, sendToEnd, type Took } from '../../../../lab/generator/trex/course.ts'

test('A load took the time that it was to take, where the looks allow for that', () => {
  expect(sendingMs(1_000, { atLeastMs: 980, atMostMs: 1_020 })).toBe(1_000)
  expect(sendingMs(1_000, { atLeastMs: 1_008, atMostMs: 1_030 }), 'TRex is late to say so').toBe(1_000)
})

test('A load that was stretched took what it was surely seen to take, and a hasty one no more than there was', () => {
  expect(sendingMs(1_000, { atLeastMs: 1_500, atMostMs: 1_540 })).toBe(1_490)
  expect(sendingMs(1_000, { atLeastMs: 400, atMostMs: 430 })).toBe(430)
})

/** A port that sends for some time from when it is started, and takes its time to answer. */
async function send(sendsForMs: number, startTakesMs: number, lookTakesMs: number): Promise<Took> {
  let end = 0
  return sendToEnd(
    async ([name]) => {
      await delay(lookTakesMs)
      return [{ name: name!, sending: performance.now() < end, owner: 'me', up: true }]
    },
    {
      from: 'a',
      to: [],
      user: 'me',
      withinMs: 10_000,
      start: async () => {
        await delay(startTakesMs)
        end = performance.now() + sendsForMs
        await delay(startTakesMs)
      },
      stop: () => Promise.resolve(),
      seen: () => undefined,
    },
  )
}

for (const [start, look] of [
  [0, 0],
  [40, 5],
  [5, 40],
] as const)
  test(`The time lies between the bounds when starting takes ${start} ms and a look ${look} ms`, async () => {
    const { atLeastMs, atMostMs } = await send(200, start, look)
    // Timers may be a millisecond early.
    expect(atLeastMs).toBeLessThanOrEqual(201)
    expect(atMostMs).toBeGreaterThanOrEqual(199)
    expect(atLeastMs).toBeGreaterThan(0)
  })
