/** Profiles of TRex's own, in files of its users: what its library says of them, and what is counted of their frames. */
import { z } from 'zod'
import { type Arrivals, NOTHING_ARRIVED } from '../../remote/arrivals.ts'
import { type BitRate, FCS_BYTES } from '../../units/frame.ts'
import type { Rate } from '../../units/rate.ts'
import type { TrexError } from './errors.ts'
import type { Counts } from './replies.ts'

const count = z.number().int().nonnegative()

/** What client.py says of a profile. */
export const ProfileFacts = z.object({
  streams: z.number().int().positive(),
  /** Bytes of the shortest and the longest frame, FCS included. */
  shortest: count,
  longest: count,
  /** Packet groups that its streams are counted in. */
  groups: z.array(count),
})
export type ProfileFacts = Readonly<z.infer<typeof ProfileFacts>>

/** A profile that TRex cannot use: its writer's mistake, and nothing of the bed's. */
export class InvalidProfile extends Error {
  override readonly name = 'InvalidProfile'

  constructor(path: string, why: TrexError) {
    super(`${path}: ${why.message.replace(/^generator: /, '')}`)
  }
}

/** As TRex takes the rate of all streams of a profile. */
export function multiplierOf(rate: Rate | undefined, line: BitRate): string {
  if (rate === undefined) return '1'
  const { unit, value } = rate
  switch (unit) {
    case 'frames':
      return `${value.toFixed(3)}pps`
    case 'l1':
      return `${value.toFixed(0)}bpsl1`
    case 'l2':
      return `${value.toFixed(0)}bps`
    case 'line':
      // Of the speed that is declared: TRex's own percent would be of the one that it takes the port for.
      return `${(value * line).toFixed(0)}bpsl1`
    default:
      return unit satisfies never
  }
}

type PortCounts = Counts['ports'][number]

const portOf = ({ ports }: Counts, index: number): PortCounts => ports.find((port) => port.index === index)!

/** Frames, and their bytes with FCS, that a port has sent since. */
export function sentBy(port: number, before: Counts, after: Counts): { frames: number; bytes: number } {
  const [from, to] = [portOf(before, port), portOf(after, port)]
  return { frames: to.opackets - from.opackets, bytes: to.obytes - from.obytes }
}

/** What TRex counted of the packet groups that a profile names, a line each. @param nameOf a port, by its index. */
export function groupLines(before: Counts, after: Counts, nameOf: (index: number) => string): string[] {
  return after.groups.map(({ group, sent, received }) => {
    const from = before.groups.find((one) => one.group === group)
    const came = Object.entries(received)
      .map(([port, frames]) => [nameOf(Number(port)), frames - (from?.received[port] ?? 0)] as const)
      .filter(([, frames]) => frames > 0)
      .map(([name, frames]) => `${frames} received at ${name}`)
    return `packet group ${group}: ${[`${sent - (from?.sent ?? 0)} sent`, ...came].join(', ')}`
  })
}

/**
 * Whatever has arrived at a port, by its counters alone: nobody knows what these frames should look like. Where as many
 * came as went, another number of bytes tells that some came with another length.
 * @param sender the port that sent them.
 */
export function profileArrivalsAt(port: number, sender: number, before: Counts, after: Counts): Arrivals {
  const [from, to] = [portOf(before, port), portOf(after, port)]
  const [frames, bytes] = [to.ipackets - from.ipackets, to.ibytes - from.ibytes]
  const sent = sentBy(sender, before, after)
  return {
    ...NOTHING_ARRIVED,
    frames,
    bytes: bytes - FCS_BYTES * frames,
    truncated: frames > 0 && frames === sent.frames && bytes !== sent.bytes ? 1 : 0,
    // More than were sent hide as many losses.
    duplicates: Math.max(0, frames - sent.frames),
  }
}
