/** The streams of TRex that make up a load: so many frames in all, at its rate, and some of them to take latency by. */
import { framesPerSecond, type FrameRate, type FrameSize, kernelBytes, lineRate } from '../../units/frame.ts'
import { meanSize, type Mix, sharesOf } from '../../units/mix.ts'
import type { Load } from '../generator.ts'
import { GeneratorError } from '../generator-error.ts'
import type { Stream, Wire } from './stream.ts'
import { marking, testFrame } from './test-frame.ts'
import { type ChangingLoad, changesRate, type Window, windowsOf, windowStreams } from './windows.ts'

export interface Streams {
  readonly streams: readonly Stream[]
  readonly groups: readonly number[]
  /** Bytes of the frames of a group, FCS included. */
  readonly sizeOf: (group: number) => FrameSize
  /** Of a load that changes its rate. */
  readonly windows?: readonly Window[]
  /** Every frame is in a latency group, so that TRex tells of the order of all. */
  readonly ordered: boolean
}

/** A load as short as this goes as latency frames altogether, which every receiver's core has time for. */
const ALL_LATENCY = 1_000
/** Of a longer one, so many frames: 1 %, in bounds. */
const LATENCY_SHARE = 0.01
const LATENCY_AT_LEAST = 100
const LATENCY_AT_MOST = 1_000
/** TRex has room for as many latency groups ("Failed allocating statistic counter" for the next). */
const LATENCY_GROUPS = 128
/** And for as many flow groups; several streams may share one. */
const FLOW_GROUP = 1
const FIRST_LATENCY_GROUP = 2
/** Each of the loads that go at once has so many numbers of groups to itself, more than it can use; TRex minds no gaps. */
const GROUPS_OF_LOAD = 1_000

/** The streams of one of the loads that go at once, in groups that no other has. @param place among them, from 0 on. */
export function streamsBeside(streams: Streams, place: number): Streams {
  const above = place * GROUPS_OF_LOAD
  return {
    ...streams,
    streams: streams.streams.map((one) => ({ ...one, group: one.group + above })),
    groups: streams.groups.map((group) => group + above),
    sizeOf: (group) => streams.sizeOf(group - above),
    ...(streams.windows && {
      windows: streams.windows.map((one) => ({ ...one, group: one.group + above })),
    }),
  }
}

/**
 * @param latency frames arrive at one of TRex's ports, where it can take their times.
 * @throws GeneratorError when the load is more than the line carries.
 */
export function streamsOf(load: Load, signature: number, wire: Wire, latency: boolean): Streams {
  if (load.mix) return mixedStreams(load, load.mix, signature, wire)
  if (changesRate(load)) return changingStreams(load, signature, wire, latency)
  const flows = Math.min(load.flows ?? 1, load.count)
  const rate = rateOn(load, wire)
  const ordered = latency && load.count <= ALL_LATENCY && flows <= LATENCY_GROUPS
  const stamped = latency && !ordered ? latencyFrames(load.count, flows) : 0
  const streams = Array.from({ length: flows }, (_, flow) => {
    const frames = Math.ceil((load.count - flow) / flows)
    const stream = (count: number, counted: Stream['counted'], group: number): Stream => {
      const of = { ...wire, length: kernelBytes(load.size), signature, flow }
      return {
        packet: testFrame(of).toString('base64'),
        // The mark is not looked at where TRex receives, and a latency frame has TRex's own in its place.
        variables: latency ? [] : marking(of, flow, flows, count),
        mode: modeOf(load, count, (rate * count) / load.count, count / load.count, wire),
        counted,
        group,
        delayUs: (flow * 1e6) / rate,
      }
    }
    if (ordered) return [stream(frames, 'latency', FIRST_LATENCY_GROUP + flow)]
    if (stamped === 0 || flow > 0) return [stream(frames, 'flow', FLOW_GROUP)]
    return [
      stream(frames - stamped, 'flow', FLOW_GROUP),
      stream(stamped, 'latency', FIRST_LATENCY_GROUP),
    ].filter(({ mode }) => mode.kind !== 'burst' || mode.frames > 0)
  }).flat()
  return {
    streams,
    groups: [...new Set(streams.map(({ group }) => group))],
    sizeOf: () => load.size,
    ordered,
  }
}

/** A stream and a group for each size, which take turns; each is a flow, and has a part of the sequence to itself. */
function mixedStreams(load: Load, mix: Mix, signature: number, wire: Wire): Streams {
  const rate = rateOn({ ...load, size: meanSize(mix) }, wire)
  let first = 0
  const streams = sharesOf(mix, load.count).map((frames, flow): Stream => {
    const of = { ...wire, length: kernelBytes(mix[flow]!.size), signature, flow }
    const variables = marking(of, first, 1, frames)
    first += frames
    return {
      packet: testFrame(of).toString('base64'),
      variables,
      mode: { kind: 'burst', frames, rate: (rate * frames) / load.count },
      counted: 'flow',
      group: FLOW_GROUP + flow,
      delayUs: (flow * 1e6) / rate,
    }
  })
  const sizes = new Map(streams.map(({ group }, flow) => [group, mix[flow]!.size]))
  return {
    streams: streams.filter(({ mode }) => mode.kind !== 'burst' || mode.frames > 0),
    groups: [...sizes.keys()],
    sizeOf: (group) => sizes.get(group)!,
    ordered: false,
  }
}

function changingStreams(load: ChangingLoad, signature: number, wire: Wire, latency: boolean): Streams {
  for (const rate of [load.rate, load.then.rate]) rateOn({ ...load, rate }, wire)
  const windows = windowsOf(load, FLOW_GROUP)
  return {
    streams: windowStreams(windows, load, signature, wire, !latency),
    groups: windows.map(({ group }) => group),
    sizeOf: () => load.size,
    windows,
    ordered: false,
  }
}

/** Frames per second that a load comes to on a line: its rate, or the line's. @throws GeneratorError */
export function rateOn(
  { size, rate }: Pick<Load, 'size' | 'rate'>,
  { speed }: Pick<Wire, 'speed'>,
): FrameRate {
  const most = lineRate(size, speed)
  if (rate === undefined) return most
  if (rate > most)
    throw new GeneratorError(
      `${Math.round(rate)} frames of ${size} bytes a second are more than its line of ${speed / 1e9} Gb/s carries (${Math.floor(most)})`,
      'Ask for less, or leave the rate out for as fast as the line goes.',
    )
  return rate
}

function latencyFrames(count: number, flows: number): number {
  const wanted = Math.min(LATENCY_AT_MOST, Math.max(LATENCY_AT_LEAST, Math.round(count * LATENCY_SHARE)))
  return Math.min(wanted, Math.floor(count / flows))
}

/** @param share of the load's frames that go in this stream. */
function modeOf(load: Load, count: number, rate: number, share: number, wire: Wire): Stream['mode'] {
  const burst = Math.round((load.burst ?? 1) * share)
  if (load.rate === undefined || burst <= 1 || count % burst !== 0)
    return { kind: 'burst', frames: count, rate }
  const within = framesPerSecond(lineRate(load.size, wire.speed) * share)
  return {
    kind: 'bursts',
    burst,
    bursts: count / burst,
    // From the last frame of one to the first of the next.
    gapUs: Math.max(0, (burst / rate - burst / within) * 1e6),
    rate: within,
  }
}
