/**
 * The ring between TRex and a port of the kernel. TRex counts a frame as sent when it lies in there. The kernel stops
 * emptying the ring when a frame was refused, or when too many are held further on, and goes on only when it is given
 * another one. A frame that was refused stays in the ring and is offered again (net/packet/af_packet.c, tpacket_snd):
 * it delays those behind it, and is not lost.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Agent } from '../../remote/agent.ts'
import { type Counters, type PortFacts, readCounters } from '../../remote/port-facts.ts'

/** A queue that frames are held in is emptied in less. */
const NUDGES = 100
const NUDGE_MS = 10

export class KernelRing {
  readonly #agent: Agent
  readonly #port: PortFacts
  readonly #before: number

  private constructor(agent: Agent, port: PortFacts, before: number) {
    this.#agent = agent
    this.#port = port
    this.#before = before
  }

  /** Before a load. */
  static async watch(agent: Agent, port: PortFacts): Promise<KernelRing> {
    return new KernelRing(agent, port, await taken(agent, port))
  }

  /**
   * @param sent frames of the load.
   * @param nudge gives the ring a strange frame more, and says whether it went in.
   * @returns why the trial is invalid: what stays in there comes out in a later one.
   */
  async empty(sent: number, nudge: () => Promise<boolean>): Promise<string | undefined> {
    let [out, nudges] = [0, 0]
    for (let looks = 0; looks < NUDGES; looks++) {
      // Those that nudged are among them, and come last.
      out = (await taken(this.#agent, this.#port)) - this.#before
      if (out >= sent + nudges) return undefined
      if (await nudge()) nudges++
      await delay(NUDGE_MS)
    }
    return `the generator's port ${this.#port.interface} took ${out} of ${sent + nudges} frames`
  }
}

/** Frames that have left by the port. */
async function taken(agent: Agent, port: PortFacts): Promise<number> {
  const counters = (await readCounters(agent, [port.interface]))[port.interface]!
  return Number(counters['link.tx_packets'] ?? 0n)
}

/** Counters of ports behind such rings: what was refused there has come again, and is no frame of its own. */
export function withoutRefusals(counters: Counters): Counters {
  return Object.fromEntries(
    Object.entries(counters).map(([port, all]) => [
      port,
      Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'link.tx_dropped')),
    ]),
  )
}
