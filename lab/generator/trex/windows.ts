/**
 * A load that changes its rate, as TRex sends and counts it. TRex does not tell which frames are missing, but how many
 * of each packet group: so the frames after the change go in windows, streams that follow one another, each with a
 * group of its own. Pure.
 */
import type { Losses, LossesAsked } from '../../remote/losses.ts'
import { type FrameRate, kernelBytes } from '../../units/frame.ts'
import { seconds, type Seconds } from '../../units/seconds.ts'
import type { Load } from '../generator.ts'
import { GeneratorError } from '../generator-error.ts'
import type { Counts } from './replies.ts'
import type { Stream, Wire } from './stream.ts'
import { marking, testFrame } from './test-frame.ts'

/**
 * Of windows from the change on: short ones first, for most recoveries are short, and none longer than what has to pass
 * without a loss before a recovery is over (QUIET in lab/measure/recovery.ts). Half a second has 77 of them, and a NIC
 * counts 127 groups.
 */
function* lengths(): Generator<Seconds, never> {
  for (let window = 0; window < 10; window++) yield seconds(0.0001)
  for (let window = 0; window < 19; window++) yield seconds(0.001)
  for (;;) yield seconds(0.01)
}

/** Frames of a load that follow one another, and that TRex counts by themselves. */
export interface Window {
  /** Packet group. */
  readonly group: number
  /** Sequence number of its first frame. */
  readonly first: number
  readonly frames: number
  readonly rate: FrameRate
}

export type ChangingLoad = Load & { readonly rate: FrameRate; readonly then: NonNullable<Load['then']> }

export const changesRate = (load: Load): load is ChangingLoad =>
  load.then !== undefined && load.rate !== undefined

/** The frames before the change, and the windows after it. @param group of the first. @throws GeneratorError */
export function windowsOf({ count, rate, then, flows = 1 }: ChangingLoad, group: number): Window[] {
  if (flows > 1)
    throw new GeneratorError(
      'TRex changes the rate of one flow within a load, and not of several',
      'Leave the flows out.',
    )
  const windows: Window[] = [{ group, first: 0, frames: then.after, rate }]
  let first = then.after
  for (const length of lengths()) {
    if (first >= count) break
    const frames = Math.min(count - first, Math.max(1, Math.round(then.rate * length)))
    windows.push({ group: group + windows.length, first, frames, rate: then.rate })
    first += frames
  }
  return windows
}

/**
 * A stream for each window, which starts when the one before it ends.
 * @param marked frames carry their sequence, for whoever looks into them.
 */
export function windowStreams(
  windows: readonly Window[],
  { size }: Pick<Load, 'size'>,
  signature: number,
  wire: Wire,
  marked: boolean,
): Stream[] {
  const of = { ...wire, length: kernelBytes(size), signature, flow: 0 }
  const packet = testFrame(of).toString('base64')
  return windows.map(({ group, first, frames, rate }, place) => ({
    packet,
    variables: marked ? marking(of, first, 1, frames) : [],
    mode: { kind: 'burst', frames, rate },
    counted: 'flow',
    group,
    delayUs: place === 0 ? 0 : 1e6 / rate,
    turn: { number: place, last: place === windows.length - 1 },
  }))
}

/** Seconds from the first frame of these windows to the end of their last. */
export const secondsOf = (windows: readonly Window[]): Seconds =>
  seconds(windows.reduce((sum, { frames, rate }) => sum + frames / rate, 0))

/**
 * Where the losses end is known to the window: `end` is the end of the last that lost, and may be too late by its frames.
 * @param port index of the one at which the frames should arrive.
 */
export function lossesOf(
  [beforehand, ...windows]: readonly Window[],
  port: number,
  before: Counts,
  after: Counts,
  { from, whole }: LossesAsked,
): Losses {
  const lostOf = ({ group }: Window): number => {
    const missing = ({ groups }: Counts) => {
      const counted = groups.find((one) => one.group === group)
      return counted ? counted.sent - (counted.received[port] ?? 0) : 0
    }
    return Math.max(0, missing(after) - missing(before))
  }
  let end = from
  let within = 0
  let during = 0
  let later = 0
  let arrived = 0
  for (const window of windows) {
    const lost = lostOf(window)
    if (lost === 0) arrived += window.frames
    else if (arrived >= whole) later += lost
    else {
      during += lost
      within = window.frames - 1
      end = window.first + window.frames
      arrived = 0
    }
  }
  return { before: lostOf(beforehand!), during, end, within, later }
}
