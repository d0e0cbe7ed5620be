/** The course of a load: its ports come up, TRex sends, and is done or is stopped. */
import { setTimeout as delay } from 'node:timers/promises'
import { TrexError } from './errors.ts'
import { GeneratorError } from '../generator-error.ts'

const LOOK_AGAIN_MS = 5
const LOOK_FOR_LINKS_MS = 50
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
  readonly stop: () => Promise<unknown>
  readonly seen: (state: PortState) => void
}

/** Until TRex no longer sends. @throws TrexError when the ports are somebody else's now. */
export async function untilSent(
  look: Look,
  { from, to, user, withinMs, stop, seen }: Sending,
): Promise<void> {
  const began = performance.now()
  let stopped = false
  for (;;) {
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
    if (!states.some(({ name, sending }) => sending && name === from)) return
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
