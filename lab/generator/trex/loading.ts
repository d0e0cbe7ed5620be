/** Gives a port of TRex what it is to send: streams of the lab's frames, or those of a profile. */
import type { FrameSize } from '../../units/frame.ts'
import { meanSize } from '../../units/mix.ts'
import { type Offer, UNTOLD, type Untold } from '../generator.ts'
import type { TrexClient } from './client.ts'
import { TrexError } from './errors.ts'
import { InvalidProfile, multiplierOf, ProfileFacts } from './profile.ts'
import { Done } from './replies.ts'
import type { Wire } from './stream.ts'
import { rateOn, streamsBeside, streamsOf, type Streams } from './streams.ts'
import { secondsOf, type Window } from './windows.ts'

/** A load that asks for no rate is waited for as if it were no faster than this. */
const SLOWEST_PER_SECOND = 20_000
const MIN_SIZE = 64 as FrameSize

/** What a port was given. */
export interface Loaded {
  /** Packet groups that its frames are counted in. */
  readonly groups: readonly number[]
  readonly sizeOf: (group: number) => FrameSize
  /** Of the load at its rate, or at a slow one where it has none; of a profile, after which it ends. */
  readonly seconds: number
  /** Of a load without a rate: at the line's. */
  readonly soonest?: number
  /** Of a load that changes its rate. */
  readonly windows?: readonly Window[]
  /** Of the rates that its streams have. */
  readonly multiplier: string
  readonly untold: readonly Untold[]
}

/**
 * @param place among the loads that go at once, from 0 on.
 * @throws GeneratorError for more than the line carries, InvalidProfile.
 */
export async function loadPort(
  client: TrexClient,
  port: number,
  { load, signature, wire, place }: { load: Offer; signature: number; wire: Wire; place: number },
): Promise<Loaded> {
  if (load.profile) {
    const { path, seconds, rate } = load.profile
    const { groups } = await readProfile(client, path, port, true)
    const multiplier = multiplierOf(rate, wire.speed)
    return { groups, sizeOf: () => load.size, seconds, multiplier, untold: UNTOLD }
  }
  // Times are taken where all frames arrive; where they go to several ports, nobody knows how many went where.
  const streams = streamsBeside(streamsOf(load, signature, wire, load.to.length === 1), place)
  await client.call('load', { port, streams: streams.streams }, Done)
  const size = load.mix ? meanSize(load.mix) : load.size
  const atRate = streams.windows ? secondsOf(streams.windows) : load.count / rateOn({ ...load, size }, wire)
  const times =
    load.rate === undefined
      ? { seconds: load.count / SLOWEST_PER_SECOND, soonest: atRate }
      : { seconds: atRate }
  return { ...streams, ...times, multiplier: '1', untold: untoldOf(load, streams) }
}

/** What a profile holds for a port. @param load true: the port gets it. @throws InvalidProfile */
export async function readProfile(
  client: TrexClient,
  path: string,
  port: number,
  load: boolean,
): Promise<ProfileFacts> {
  try {
    return await client.call('profile', { path, port, load }, ProfileFacts)
  } catch (error) {
    throw error instanceof TrexError && !error.dead ? new InvalidProfile(path, error) : error
  }
}

/** Where frames arrive at TRex it counts them, and sees the order of latency frames; the DUT's sockets look into them. */
function untoldOf({ to, size }: Offer, { ordered }: Streams): Untold[] {
  if (to.length === 0) return size > MIN_SIZE ? ['content'] : []
  return ordered ? ['content'] : ['content', 'order']
}
