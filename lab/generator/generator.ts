/** What every source and sink of traffic offers, soft or TRex. */
import type { Arrivals } from '../remote/arrivals.ts'
import type { Losses, LossesAsked } from '../remote/losses.ts'
import type { Counters, PortFacts } from '../remote/port-facts.ts'
import type { FrameKind, FrameRate, FrameSize } from '../units/frame.ts'
import type { Mix } from '../units/mix.ts'
import type { Rate } from '../units/rate.ts'
import type { Ratio } from '../units/ratio.ts'
import type { Seconds } from '../units/seconds.ts'

/** What is offered to the DUT: one kind of frame, so many of them, at a rate or as fast as it goes. */
export interface Load {
  readonly size: FrameSize
  readonly frames: FrameKind
  /** Frames to send. */
  readonly count: number
  /** Frames per second; as fast as the generator can when absent. */
  readonly rate?: FrameRate
  /** After so many frames they come at another rate. */
  readonly then?: { readonly after: number; readonly rate: FrameRate }
  /** Several sizes in place of the one, which then is the longest of them. */
  readonly mix?: Mix
  /** Frames that its file describes in place of the lab's own: the count is what it sends, the size its longest frame. */
  readonly profile?: Profile
  /** The rate matters to no claim: a generator that is slower takes one that it keeps. */
  readonly relaxed?: boolean
  /** Flows (UDP source ports) that the frames take turns in. */
  readonly flows?: number
  /** Name of the generator's port that sends; the one cabled to the DUT's ingress when absent. */
  readonly from?: string
  /** Frames that leave in one go. */
  readonly burst?: number
  /** CPU of the generator's host that sends; any when absent. On veth the DUT receives on it too. */
  readonly cpu?: number
  /** false leaves the content of frames beyond byte 60 unchecked: it costs time at high rates. */
  readonly verify?: boolean
}

/** A stateless profile of TRex. */
export interface Profile {
  /** Of the file on this machine. */
  readonly path: string
  /** Streams that go on for ever end after so long. */
  readonly seconds: Seconds
  /** The rate of all its streams together; as its file says when absent. */
  readonly rate?: Rate
}

/** What tells the frames of one trial from all others, for whoever receives them. */
export interface Mark {
  /** 32 bits, not 0. */
  readonly signature: number
  readonly flows: number
  readonly count: number
  readonly verify: boolean
  /** Latency is taken of frames whose (sequence & mask) is 0. */
  readonly stampMask: number
}

/** A load of a trial. */
export type Offer = Load & {
  /** The generator's port that sends. */
  readonly from: string
  /** Its ports at which the frames should arrive; none for the DUT itself. */
  readonly to: readonly string[]
  /** Sequence number of the first frame, 0 when absent: loads that go at once share none. */
  readonly first?: number
}

/** What may not be told of the frames that arrive: the bytes in them, their order, which of them came twice. */
export const UNTOLD = ['content', 'order', 'copies'] as const
export type Untold = (typeof UNTOLD)[number]

export interface Sent {
  /** Frames that left the generator (RFC 2544: offered, not intended). */
  readonly offered: number
  /** Nanoseconds from the first frame to the last. */
  readonly durationNs: number
  /** Of these, from the change of rate to the last frame; absent where the rate did not change. */
  readonly thenDurationNs?: number
  /** What its ports cannot tell of these frames; nothing when absent. */
  readonly untold?: readonly Untold[]
  /** Why this trial says nothing about the DUT, if so. */
  readonly invalid?: string
}

export interface Generator {
  readonly kind: 'soft' | 'trex'
  readonly version: string
  /** Its ports by name. */
  readonly ports: Readonly<Record<string, PortFacts>>
  /** Why it cannot do what a load may ask for; absent where it can. */
  readonly cannot: {
    /** Send from one CPU of its host. */
    readonly cpu?: string
    /** Hand over several frames in one go. */
    readonly burst?: string
    /** Send frames of several sizes in one load. */
    readonly mix?: string
    /** Send what a profile of TRex describes. */
    readonly profile?: string
  }
  /** Its frames carry when they left, and beyond byte 60 what tells each byte; or only their sequence, and its check. */
  readonly marks: 'whole' | 'sequence'
  /** The part of a rate that it may miss it by, where it has no CPU or port to itself; nothing to speak of when absent. */
  readonly missesRateBy?: Ratio
  /** The load as this generator carries it: a relaxed rate may be lower. */
  adapt(load: Load): Load
  /** Forgets what came before, and waits for the frames of one trial on every port. */
  listen(mark: Mark): Promise<void>
  /**
   * Sends, and returns when the last frame has left. Several loads may be under way, each from a port of its own.
   * @throws AgentFailed, CommandFailed, GeneratorError
   */
  send(load: Offer, mark: Mark): Promise<Sent>
  /** Ends what is being sent, if anything is; whoever waits for it gets a GeneratorError. */
  halt(): Promise<void>
  /** What has arrived so far, by name of port. */
  arrivals(): Promise<Record<string, Arrivals>>
  /** Which frames of a load that changed its rate did not arrive, by name of port. */
  losses(asked: LossesAsked): Promise<Record<string, Losses>>
  /** Once all have arrived: why the trial says nothing about the DUT, such as frames lost by the generator itself. */
  finish(): Promise<string | undefined>
  /** What it wrote since it was last asked. */
  log(): readonly string[]
  /** Counters of its ports, by interface. */
  counters(): Promise<Counters>
  /** MTU in bytes of every port, or of the one named. */
  setMtu(mtu: number): Promise<void>
  close(): Promise<void>
}
