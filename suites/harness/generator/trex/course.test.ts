/** When a load of TRex began and ended, of which nobody tells but looks from time to time. */
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { sendingMs, sendToEnd, type Took, unpacedMs } from '../../../../lab/generator/trex/course.ts'

test('A load took the time that it was to take, where the looks allow for that', () => {
  expect(sendingMs(1_000, { atLeastMs: 980, atMostMs: 1_020 })).toBe(1_000)
  expect(sendingMs(1_000, { atLeastMs: 1_008, atMostMs: 1_030 }), 'TRex is late to say so').toBe(1_000)
})

test('A load that was stretched, or that was hasty, took no more than it was seen to take', () => {
  expect(sendingMs(1_000, { atLeastMs: 1_011, atMostMs: 1_040 })).toBe(1_040)
  expect(sendingMs(1_000, { atLeastMs: 1_500, atMostMs: 1_540 })).toBe(1_540)
  expect(sendingMs(1_000, { atLeastMs: 400, atMostMs: 430 })).toBe(430)
})

test('As fast as the line is only what was long enough to be seen so', () => {
  expect(unpacedMs(1_000, { atLeastMs: 970, atMostMs: 1_030 })).toBe(1_000)
  expect(unpacedMs(13, { atLeastMs: 0, atMostMs: 45 }), '200,000 frames at 15 million a second').toBe(45)
  expect(unpacedMs(1_000, { atLeastMs: 1_970, atMostMs: 2_030 }), 'a generator of half the speed').toBe(2_030)
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
