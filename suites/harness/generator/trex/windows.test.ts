import { expect, test } from '@playwright/test'
import type { Counts } from '../../../../lab/generator/trex/replies.ts'
import { streamsBeside, streamsOf } from '../../../../lab/generator/trex/streams.ts'
import {
  lossesOf,
  secondsOf,
  type Window,
  windowsOf,
  windowStreams,
} from '../../../../lab/generator/trex/windows.ts'
import { bitRate, framesPerSecond, frameSize } from '../../../../lab/units/frame.ts'

const WIRE = { from: '02:00:00:00:00:01', to: '02:00:00:00:01:01', speed: bitRate('10Gbps') }
/** A second at a million, half of one at half of that. */
const LOAD = {
  size: frameSize(64),
  frames: 'linear' as const,
  count: 1_250_000,
  rate: framesPerSecond(1e6),
  then: { after: 1_000_000, rate: framesPerSecond(500_000) },
}
const FROM = LOAD.then.after
/** 10 ms at the lower rate. */
const ASKED = { from: FROM, whole: 5_000 }
const WINDOWS = windowsOf(LOAD, 1)

test('Windows follow one another without a gap, to the last frame, and take the time of the load', () => {
  for (const { count, after, rate } of [
    { count: 1_250_000, after: 1_000_000, rate: 500_000 },
    { count: 1_000_001, after: 1_000_000, rate: 500_000 },
    { count: 20, after: 10, rate: 7 },
    { count: 7_777_777, after: 7_000_001, rate: 1_234_567.8 },
  ]) {
    const then = { after, rate: framesPerSecond(rate) }
    const windows = windowsOf({ ...LOAD, count, then }, 1)
    let next = 0
    for (const { first, frames } of windows) {
      expect(first).toBe(next)
      expect(frames).toBeGreaterThan(0)
      next += frames
    }
    expect(next).toBe(count)
    expect(windows[0]).toMatchObject({ frames: after, rate: LOAD.rate })
    expect(secondsOf(windows)).toBeCloseTo(after / LOAD.rate + (count - after) / rate, 9)
  }
})

test('They are a tenth of a millisecond long at first, and few enough for the counters of a NIC', () => {
  expect(WINDOWS.slice(1, 31).map(({ frames }) => frames)).toEqual([
    ...Array<number>(10).fill(50),
    ...Array<number>(19).fill(500),
    5_000,
  ])
  expect(WINDOWS.at(-1)!.frames, 'none is longer than what must pass without a loss').toBe(ASKED.whole)
  expect(WINDOWS.length).toBeLessThan(127)
  expect(new Set(WINDOWS.map(({ group }) => group)).size).toBe(WINDOWS.length)
})

test('Each window is a stream that starts when the one before it has ended, with its part of the sequence', () => {
  const streams = windowStreams(WINDOWS, LOAD, 7, WIRE, true)
  expect(streams.map(({ turn }) => turn)).toEqual(
    WINDOWS.map((_, number) => ({ number, last: number === WINDOWS.length - 1 })),
  )
  expect(streams.map(({ variables }) => variables[0]!.first)).toEqual(
    WINDOWS.map(({ first }) => String(first)),
  )
  expect(streams[1]!.delayUs, 'between two frames of the lower rate').toBe(2)
  expect(streamsOf(LOAD, 7, WIRE, false)).toMatchObject({ streams, windows: WINDOWS, ordered: false })
})

test('Where TRex receives the frames nobody looks for their sequence, and none is written', () => {
  const { streams } = streamsOf(LOAD, 7, WIRE, true)
  expect(streams).toHaveLength(WINDOWS.length)
  expect(streams.filter(({ variables }) => variables.length > 0)).toEqual([])
})

test('Beside another load the windows are in the groups of their streams', () => {
  const { windows, streams } = streamsBeside(streamsOf(LOAD, 7, WIRE, true), 1)
  expect(windows!.map(({ group }) => group)).toEqual(streams.map(({ group }) => group))
  expect(windows![0]!.group).not.toBe(WINDOWS[0]!.group)
})

test('Neither of the two rates may be more than the line carries', () => {
  const tooMuch = { ...LOAD, then: { ...LOAD.then, rate: framesPerSecond(15e6) } }
  expect(() => streamsOf(tooMuch, 7, WIRE, true)).toThrow(/15000000 frames .* more than its line of 10 Gb\/s/)
})

test('Several flows are refused with what to do', () => {
  expect(() => windowsOf({ ...LOAD, flows: 2 }, 1)).toThrow(/of one flow .* Leave the flows out/)
})

/** Port 1 gets all but so many frames of each window; the groups have counted a trial before. */
function counts(lost: readonly number[]): [before: Counts, after: Counts] {
  const at = (sent: (window: Window) => number, missing: (index: number) => number): Counts => ({
    ports: [],
    latency: [],
    groups: WINDOWS.map((window, index) => ({
      group: window.group,
      sent: sent(window),
      sentBytes: 0,
      received: { '0': 0, '1': sent(window) - missing(index) },
      receivedBytes: {},
    })),
  })
  return [
    at(
      () => 100,
      () => 3,
    ),
    at(
      ({ frames }) => 100 + frames,
      (index) => 3 + (lost[index] ?? 0),
    ),
  ]
}

test('Losses end with the last window that lost, which is known to its frames', () => {
  const [before, after] = counts([400, 50, 50, 20])
  expect(lossesOf(WINDOWS, 1, before, after, ASKED)).toEqual({
    before: 400,
    during: 120,
    end: FROM + 150,
    within: 49,
    later: 0,
  })
})

test('Without a loss after the change it has recovered at once', () => {
  const [before, after] = counts([400])
  expect(lossesOf(WINDOWS, 1, before, after, ASKED)).toEqual({
    before: 400,
    during: 0,
    end: FROM,
    within: 0,
    later: 0,
  })
})

test('A loss within the quiet time goes on with it, one after that is another matter', () => {
  // 9 windows of 50 frames and 9 of 500 are not yet the 5,000 that must arrive.
  const [before, after] = counts([400, 50, ...Array<number>(18).fill(0), 7])
  expect(lossesOf(WINDOWS, 1, before, after, ASKED)).toMatchObject({
    during: 57,
    end: FROM + 5_500,
    later: 0,
  })
  const [from, to] = counts([400, 50, ...Array<number>(19).fill(0), 7])
  expect(lossesOf(WINDOWS, 1, from, to, ASKED)).toMatchObject({ during: 50, end: FROM + 50, later: 7 })
})
