/** The course of a load: its ports come up, TRex sends, and is done or is stopped. */
import { setTimeout as delay } from 'node:timers/promises'
import { TrexError } from './errors.ts'
import { GeneratorError } from '../generator-error.ts'

const LOOK_AGAIN_MS = 5
const LOOK_FOR_LINKS_MS = 50
/** TRex that has one CPU for all sleeps that long before it looks at its ports. */
const SAID_LATE_MS = 10
/** Part of the time of a load that the looks may leave open. */
const SEEN_WITHIN = 0.1
/** Beyond the time after which TRex is stopped. */
const STOPPED_MS = 5_000

export interface PortState {
  readonly name: string
  readonly sending: boolean
  /** Who holds it; empty for nobody. */
  readonly owner: string
  readonly up: boolean
}

/** States of these ports. */
export type Look = (names: readonly string[]) => Promise<readonly PortState[]>

/** Until each has a link, which NICs take seconds for. @throws GeneratorError with the names of those that have none. */
export async function untilUp(look: Look, names: readonly string[], withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  for (;;) {
    const down = (await look(names)).filter(({ up }) => !up).map(({ name }) => name)
    if (down.length === 0) return
    if (performance.now() > end)
      throw new GeneratorError(
        `its ${down.length === 1 ? 'port' : 'ports'} ${down.join(' and ')} still had no link after ${withinMs / 1000} s`,
        'See whether the cables are in, and the DUT’s ports up.',
      )
    await delay(LOOK_FOR_LINKS_MS)
  }
}

export interface Sending {
  readonly from: string
  /** Ports at which its frames arrive. */
  readonly to: readonly string[]
  /** Under which name the ports are held. */
  readonly user: string
  /** TRex keeps its own time, which a load above what it can stretches: by the lab's clock it is stopped after this. */
  readonly withinMs: number
  readonly start: () => Promise<unknown>
  readonly stop: () => Promise<unknown>
  readonly seen: (state: PortState) => void
}

/** Milliseconds that a load took to be sent, as far as looking from time to time can tell. */
export interface Took {
  readonly atLeastMs: number
  readonly atMostMs: number
}

/** Starts, and waits until TRex no longer sends. @throws TrexError when the ports are somebody else's now. */
export async function sendToEnd(
  look: Look,
  { from, to, user, withinMs, start, stop, seen }: Sending,
): Promise<Took> {
  const asked = performance.now()
  await start()
  const began = performance.now()
  let stillSent = began
  let stopped = false
  for (;;) {
    const looked = performance.now()
    const states = await look([...new Set([from, ...to])])
    for (const state of states) {
      if (state.owner !== user)
        throw new TrexError(
          `${state.owner === '' ? 'somebody' : state.owner} has taken its port ${state.name} in the middle of a trial`,
          'Find out who else uses this TRex; the trial says nothing.',
          { owner: state.owner },
        )
      seen(state)
    }
    if (!states.some(({ name, sending }) => sending && name === from))
      return { atLeastMs: stillSent - began, atMostMs: performance.now() - asked }
    stillSent = looked
    const ms = performance.now() - began
    if (!stopped && ms > withinMs) {
      await stop()
      stopped = true
    }
    if (ms > withinMs + STOPPED_MS)
      throw new GeneratorError(`TRex still sends ${STOPPED_MS / 1000} s after it was stopped`, 'Run again.')
    await delay(LOOK_AGAIN_MS)
  }
}

/**
 * TRex keeps its rate or takes longer, and is late to say that it is done: where the looks allow for the time that the
 * load was to take, it took that. Where they do not, it took as long as they allow.
 */
export function sendingMs(intendedMs: number, { atLeastMs, atMostMs }: Took): number {
  const allowed = intendedMs >= atLeastMs - SAID_LATE_MS && intendedMs <= atMostMs
  return allowed ? intendedMs : atMostMs
}

/** A load that kept to no rate went as fast as its line, if that is as good as seen; else nothing of it is known but when it was over. */
export function unpacedMs(atLineMs: number, took: Took): number {
  const unsure = took.atMostMs - took.atLeastMs
  return unsure <= atLineMs * SEEN_WITHIN ? sendingMs(atLineMs, took) : took.atMostMs
}
