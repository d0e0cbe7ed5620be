/** The loads of a trial by their packet groups: what has left, what has arrived, and what TRex itself lost. Pure. */
import type { Arrivals } from '../../remote/arrivals.ts'
import type { Losses, LossesAsked } from '../../remote/losses.ts'
import type { FrameSize } from '../../units/frame.ts'
import { arrivalsAt, ofGroups } from './arrivals.ts'
import { profileArrivalsAt, sentBy } from './profile.ts'
import type { Counts } from './replies.ts'
import { lossesOf, type Window } from './windows.ts'

/** The groups of one load, and what they had counted before its first frame. */
export interface Watched {
  /** Names of ports: the one that sends, and those where its frames should arrive. */
  readonly from: string
  readonly to: readonly string[]
  readonly groups: readonly number[]
  readonly sizeOf: (group: number) => FrameSize
  /** Of a load that changes its rate. */
  readonly windows?: readonly Window[]
  /** Index of the port that sends frames of a profile, which only the ports count. */
  readonly profileFrom?: number
  readonly before: Counts
}

/** Indexes of ports by their names. */
type Indexes = Readonly<Record<string, number>>

const MIN_SIZE = 64 as FrameSize

/** Frames of a load that have left. */
export function sentOf({ before, groups, profileFrom }: Watched, after: Counts): number {
  if (profileFrom !== undefined) return sentBy(profileFrom, before, after).frames
  const sum = (list: Counts['groups']) =>
    list.reduce((total, one) => total + (groups.includes(one.group) ? one.sent : 0), 0)
  return sum(after.groups) - sum(before.groups)
}

/** Of several loads a port counts the one whose frames should arrive there; of a single one, every port does. */
export function arrivalsOf(
  loads: readonly Watched[],
  [name, port]: readonly [name: string, index: number],
  counts: Counts,
): Arrivals {
  const watched = loads.find(({ to }) => to.includes(name)) ?? loads[0]
  if (!watched) return arrivalsAt(port, counts, counts, () => MIN_SIZE)
  const { before, sizeOf, groups, profileFrom } = watched
  return profileFrom === undefined
    ? arrivalsAt(port, before, ofGroups(counts, groups), sizeOf)
    : profileArrivalsAt(port, profileFrom, before, counts)
}

/** Of loads that changed their rate, by name of the port where they should arrive. */
export function lossesAt(
  loads: readonly Watched[],
  indexes: Indexes,
  counts: Counts,
  asked: LossesAsked,
): Record<string, Losses> {
  const losses: Record<string, Losses> = {}
  for (const { to, before, windows } of loads)
    if (windows)
      for (const name of to) losses[name] = lossesOf(windows, indexes[name]!, before, counts, asked)
  return losses
}

/** Frames that TRex lost itself, or could not send, at any of its ports. undefined for none. */
export function ownLoss({ before }: Watched, indexes: Indexes, counts: Counts): string | undefined {
  for (const [name, index] of Object.entries(indexes)) {
    const [from, to] = [before, counts].map(({ ports }) => ports.find((port) => port.index === index)!)
    const lost = to!.ierrors - from!.ierrors
    if (lost > 0) return `TRex lost ${lost} frames at its own port ${name}, after they had arrived`
    const unsent = to!.oerrors - from!.oerrors
    if (unsent > 0) return `TRex could not send ${unsent} frames at its port ${name}`
  }
  return undefined
}
