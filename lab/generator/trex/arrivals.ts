/** What TRex counted of a trial, in the words of the lab's receivers. Pure. */
import { type Arrivals, NOTHING_ARRIVED } from '../../remote/arrivals.ts'
import { FCS_BYTES, type FrameSize } from '../../units/frame.ts'
import type { Counts } from './replies.ts'

/** Shortest a frame can have been cut to, which bounds how many must have been. */
const SHORTEST = 14

/**
 * By index of port. TRex does not look into frames: what it cannot tell is 0 here, and said elsewhere
 * (`Sent.untold`); duplicates and frames of another length are the fewest that its counts leave possible.
 * @param sizeOf what the frames of a group were sent with, FCS included.
 * @param before the same groups before the first frame: TRex's counts survive what is meant to clear them.
 */
export function arrivalsAt(
  port: number,
  before: Counts,
  after: Counts,
  sizeOf: (group: number) => FrameSize,
): Arrivals {
  const moved = (pick: (counts: Counts) => number) => pick(after) - pick(before)
  const frames = moved(({ groups }) => sum(groups.map(({ received }) => received[port] ?? 0)))
  const bytes = moved(({ groups }) => sum(groups.map(({ receivedBytes }) => receivedBytes[port] ?? 0)))
  const sent = moved(({ groups }) => sum(groups.map((group) => group.sent)))
  const outOfOrder = moved(({ latency }) => sum(latency.map((one) => one.outOfOrder)))
  const duplicates = moved(({ latency }) => sum(latency.map((one) => one.duplicates)))
  const otherLength = (group: number) => {
    const size = sizeOf(group)
    const of = (pick: (one: Counts['groups'][number]) => number) =>
      moved(({ groups }) => sum(groups.filter((one) => one.group === group).map(pick)))
    const [came, inBytes] = [
      of(({ received }) => received[port] ?? 0),
      of(({ receivedBytes }) => receivedBytes[port] ?? 0),
    ]
    return Math.min(came, Math.ceil(Math.abs(came * size - inBytes) / (size - SHORTEST - FCS_BYTES)))
  }
  return {
    ...NOTHING_ARRIVED,
    frames,
    bytes: bytes - FCS_BYTES * frames,
    truncated: sum(after.groups.map(({ group }) => otherLength(group))),
    // More than were sent hide as many losses.
    duplicates: Math.max(frames > 0 ? Math.min(duplicates, frames) : 0, frames - sent),
    reordered: frames > 0 ? outOfOrder : 0,
    // Without a frame, TRex's own figures look like perfect latency.
    latency: frames > 0 ? latencyOf(before, after) : [],
  }
}

/** What was counted of some groups, and of no others. */
export function ofGroups(counts: Counts, groups: readonly number[]): Counts {
  const among = ({ group }: { group: number }) => groups.includes(group)
  return { ...counts, groups: counts.groups.filter(among), latency: counts.latency.filter(among) }
}

function latencyOf(before: Counts, after: Counts): [number, number][] {
  const buckets = new Map<number, number>()
  const add = (counts: Counts, sign: number) => {
    for (const [floorUs, frames] of counts.latency.flatMap(({ histogramUs }) => histogramUs))
      buckets.set(floorUs * 1000, (buckets.get(floorUs * 1000) ?? 0) + sign * frames)
  }
  add(after, 1)
  add(before, -1)
  return [...buckets].filter(([, frames]) => frames > 0).sort(([a], [b]) => a - b)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
