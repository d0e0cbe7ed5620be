/** Frames under way: until they flow, and until no more of them arrive. */
import { setTimeout as delay } from 'node:timers/promises'
import { framesWait } from '../dut/waiting-threads.ts'
import type { Answers, Place, Redirect } from '../dut/redirect.ts'
import type { Mark } from '../generator/generator.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import type { Losses, LossesAsked } from '../remote/losses.ts'
import { type Action, ACTIONS } from '../units/redirect.ts'
import type { Lab } from './lab.ts'

/** Arrivals that stand still this long have settled; a frame under way takes microseconds. */
const SETTLED_MS = 5
/** Where frames are still missing: a busy DUT may keep a cpumap's thread or ksoftirqd waiting for its CPU. */
const MISSING_SETTLED_MS = 150
const SETTLE_AT_MOST_MS = 2_000

/** AF_XDP sockets of the DUT, as one receiver. */
export interface SocketReceiver {
  readonly name: string
  listen(mark: Mark): Promise<void>
  arrivals(): Promise<Arrivals>
  losses(asked: LossesAsked): Promise<Losses>
  readonly someClosed: boolean
}

/** Where frames arrive. */
export interface Receiving {
  readonly sockets?: SocketReceiver | undefined
  /** They are those of a profile. */
  readonly ofProfile: boolean
}

/** What is on its way through the DUT. */
export interface UnderWay extends Receiving {
  readonly redirects: readonly Redirect[]
  /** Where they should arrive. What a program sends back comes to another port, and is among its answers. */
  readonly receivers: ReadonlySet<string>
  readonly offered: number
  readonly copies: number
  /** Meant to be lost: none of them is waited for. */
  readonly lost: number
  readonly stackDelivers: boolean
}

async function read(lab: Lab, { sockets, ofProfile }: Receiving): Promise<Record<string, Arrivals>> {
  const [ports, socket] = await Promise.all([lab.generator.arrivals(), sockets?.arrivals()])
  if (!sockets || !socket) return ports
  // To a socket that looks for the lab's mark, the frames of a profile are somebody else's: it counts them, and no more.
  if (ofProfile) return { ...ports, [sockets.name]: { ...socket, frames: socket.foreign, foreign: 0 } }
  // The time in a frame that carries none is no time.
  return { ...ports, [sockets.name]: lab.generator.marks === 'whole' ? socket : { ...socket, latency: [] } }
}

const totalAt = (receivers: ReadonlySet<string>, arrivals: Record<string, Arrivals>): number =>
  [...receivers].reduce((sum, name) => sum + (arrivals[name]?.frames ?? 0), 0)

const total = (arrivals: Record<string, Arrivals>): number =>
  Object.values(arrivals).reduce((sum, { frames }) => sum + frames, 0)

/** Waits until frames flow, however long the generator takes to begin; or until they have. */
export async function midst(lab: Lab, receiving: Receiving, sending: Promise<unknown>): Promise<void> {
  const sent = sending.then(
    () => true,
    () => true,
  )
  for (;;) {
    if (total(await read(lab, receiving)) > 0) return
    if (await Promise.race([sent, delay(1, false)])) return
  }
}

/** Waits until nothing more arrives: longer while frames are missing that no program has answered for. */
export async function settle(lab: Lab, underWay: UnderWay): Promise<Record<string, Arrivals>> {
  const { redirects, receivers, offered, copies, lost, stackDelivers } = underWay
  const end = performance.now() + SETTLE_AT_MOST_MS
  let last = await read(lab, underWay)
  let changed = performance.now()
  for (;;) {
    await delay(SETTLED_MS)
    const now = await read(lab, underWay)
    const moved = total(now) !== total(last)
    last = now
    if (performance.now() > end) return now
    if (moved) {
      changed = performance.now()
      continue
    }
    const arrived = totalAt(receivers, now)
    if (arrived >= offered * copies) return now
    if (performance.now() - changed > MISSING_SETTLED_MS) {
      // On a CPU that others want too, a full queue may wait for hundreds of milliseconds, and end while it is asked.
      const waiting = await framesWait(lab.dut.host)
      last = await read(lab, underWay)
      if (!waiting && total(last) === total(now)) return last
      changed = performance.now()
      continue
    }
    if (arrived + lost >= offered * copies) return now
    const answers = await Promise.all(redirects.map((one) => one.answers()))
    const ended = answers.reduce((sum, one) => sum + framesEnded(one, copies, stackDelivers), 0)
    if (arrived + ended >= offered * copies) return now
  }
}

/** Frames that a program has answered for once and for all: none of them is under way. */
function framesEnded(
  { ingress, cpu, egress }: Record<Place, Answers>,
  copies: number,
  stackDelivers: boolean,
): number {
  const among = (answers: Answers, onward: readonly Action[]) =>
    ACTIONS.reduce((sum, action) => sum + (onward.includes(action) ? 0 : answers[action]), 0)
  const passed: readonly Action[] = stackDelivers ? ['PASS'] : []
  return (
    among(ingress, ['REDIRECT', ...passed]) * copies +
    among(cpu, ['REDIRECT', ...passed]) +
    among(egress, ['PASS'])
  )
}
