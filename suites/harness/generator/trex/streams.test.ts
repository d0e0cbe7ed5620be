import { expect, test } from '@playwright/test'
import type { Load } from '../../../../lab/generator/generator.ts'
import type { Stream } from '../../../../lab/generator/trex/stream.ts'
import { rateOn, streamsBeside, streamsOf } from '../../../../lab/generator/trex/streams.ts'
import { bitRate, framesPerSecond, frameSize } from '../../../../lab/units/frame.ts'
import { IMIX } from '../../../../lab/units/mix.ts'

const WIRE = { from: '02:00:00:00:00:01', to: '02:00:00:00:01:01', speed: bitRate('10Gbps') }
const LOAD: Load = { size: frameSize(64), frames: 'linear', count: 10_000, rate: framesPerSecond(50_000) }
const SIGNATURE = 7

const framesOf = ({ mode }: Stream): number =>
  mode.kind === 'burst' ? mode.frames : mode.burst * mode.bursts
const total = (streams: readonly Stream[]): number => streams.reduce((sum, one) => sum + framesOf(one), 0)
const rates = (streams: readonly Stream[]): number =>
  streams.reduce((sum, { mode }) => sum + (mode.kind === 'burst' ? mode.rate : 0), 0)

test('The streams of a load are as many frames as asked for, at its rate, whatever they are divided into', () => {
  for (const count of [1, 2, 33, 999, 1_000, 1_001, 10_000, 18_001])
    for (const flows of [1, 2, 8, 200])
      for (const latency of [false, true]) {
        const { streams } = streamsOf({ ...LOAD, count, flows }, SIGNATURE, WIRE, latency)
        expect(total(streams), `${count} frames in ${flows} flows`).toBe(count)
        expect(rates(streams)).toBeCloseTo(LOAD.rate!, 3)
      }
})

test('Flows differ by a frame at the most, those with latency frames too', () => {
  const { streams } = streamsOf({ ...LOAD, count: 10_001, flows: 8 }, SIGNATURE, WIRE, true)
  const byPort = new Map<number, number>()
  for (const stream of streams) {
    const port = Buffer.from(stream.packet, 'base64').readUInt16BE(34) - 0x4000
    byPort.set(port, (byPort.get(port) ?? 0) + framesOf(stream))
  }
  expect([...byPort.values()]).toEqual([1251, 1250, 1250, 1250, 1250, 1250, 1250, 1250])
})

test('Of a long load one frame in a hundred takes latency; of a short one every frame, so that order is told too', () => {
  const long = streamsOf(LOAD, SIGNATURE, WIRE, true)
  expect(long.ordered).toBe(false)
  expect(total(long.streams.filter(({ counted }) => counted === 'latency'))).toBe(100)
  const short = streamsOf({ ...LOAD, count: 1_000 }, SIGNATURE, WIRE, true)
  expect(short.ordered).toBe(true)
  expect(short.streams.map(({ counted }) => counted)).toEqual(['latency'])
})

test('Frames for the DUT itself take no latency, and each carries its own mark', () => {
  const { streams, ordered } = streamsOf({ ...LOAD, flows: 2 }, SIGNATURE, WIRE, false)
  expect(ordered).toBe(false)
  expect(streams.map(({ counted, variables }) => [counted, variables.length])).toEqual([
    ['flow', 2],
    ['flow', 2],
  ])
  expect(streams.map(({ variables }) => variables[0])).toMatchObject([
    { first: '0', step: '2' },
    { first: '1', step: '2' },
  ])
})

test('Latency groups are each one stream’s, as TRex wants them', () => {
  const { streams } = streamsOf({ ...LOAD, count: 500, flows: 100 }, SIGNATURE, WIRE, true)
  const groups = streams.filter(({ counted }) => counted === 'latency').map(({ group }) => group)
  expect(groups).toHaveLength(100)
  expect(new Set(groups).size).toBe(100)
})

test('A load without a rate goes at line rate: 14.88 million frames of 64 bytes a second at 10 Gb/s', () => {
  const unpaced = { size: LOAD.size, frames: LOAD.frames, count: LOAD.count }
  expect(rateOn(unpaced, WIRE)).toBeCloseTo(14_880_952, 0)
  expect(rates(streamsOf(unpaced, SIGNATURE, WIRE, true).streams)).toBeCloseTo(14_880_952, 0)
})

test('A load above line rate is refused with the rate that the line carries', () => {
  const tooMuch = { ...LOAD, rate: framesPerSecond(14_900_000) }
  expect(() => streamsOf(tooMuch, SIGNATURE, WIRE, true)).toThrow(
    /14900000 frames of 64 bytes a second are more than its line of 10 Gb\/s carries \(14880952\)/,
  )
})

test('Bursts leave at line rate, with gaps that keep the rate', () => {
  const load = { ...LOAD, burst: 100 }
  const [stream] = streamsOf(load, SIGNATURE, WIRE, false).streams
  expect(stream!.mode).toMatchObject({ kind: 'bursts', burst: 100, bursts: 100 })
  if (stream!.mode.kind !== 'bursts') throw new Error('no bursts')
  const { burst, gapUs, rate } = stream!.mode
  expect(rate).toBeCloseTo(14_880_952, 0)
  expect((burst / (gapUs + (burst / rate) * 1e6)) * 1e6).toBeCloseTo(50_000, 3)
})

test('A mix has a stream, a group and a part of the sequence for each size, at the load’s rate together', () => {
  const load = { ...LOAD, size: frameSize(1518), count: 12_000, mix: IMIX }
  const { streams, groups, sizeOf } = streamsOf(load, SIGNATURE, WIRE, true)
  expect(streams.map(framesOf)).toEqual([7_000, 4_000, 1_000])
  expect(rates(streams)).toBeCloseTo(LOAD.rate!, 3)
  expect(streams.map(({ packet }) => Buffer.from(packet, 'base64').length)).toEqual([60, 566, 1_514])
  expect(groups.map(sizeOf)).toEqual([64, 570, 1_518])
  expect(
    streams.map(({ variables }) => variables[0]!.first),
    'the first of the sequence',
  ).toEqual(['0', '7000', '11000'])
  expect(total(streamsOf({ ...load, count: 1 }, SIGNATURE, WIRE, true).streams)).toBe(1)
})

test('Loads that go at once share no group, and are otherwise as if they went alone', () => {
  const alone = streamsOf({ ...LOAD, size: frameSize(1518), mix: IMIX }, SIGNATURE, WIRE, true)
  const [first, second] = [streamsBeside(alone, 0), streamsBeside(alone, 1)]
  expect(first.groups).toEqual(alone.groups)
  expect(new Set([...first.groups, ...second.groups]).size).toBe(2 * alone.groups.length)
  expect(second.streams.map(({ group }) => group)).toEqual(second.groups)
  expect(second.groups.map(second.sizeOf)).toEqual(alone.groups.map(alone.sizeOf))
  expect(total(second.streams)).toBe(total(alone.streams))
  const most = streamsOf({ ...LOAD, count: 1_000, flows: 128 }, SIGNATURE, WIRE, true).groups
  expect(Math.max(...most), 'so that no load reaches into the next').toBeLessThan(Math.min(...second.groups))
})
