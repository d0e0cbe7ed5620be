/** AF_XDP sockets on the DUT, the receivers of an XSKMAP: the agent reads and checks what arrives in them. */
import { z } from 'zod'
import type { Agent } from '../remote/agent.ts'
import { Arrivals } from '../remote/arrivals.ts'
import { Losses, type LossesAsked } from '../remote/losses.ts'
import { mergeHistograms } from '../stats/latency.ts'

const count = z.number().int().nonnegative()

export const SocketArrivals = Arrivals.extend({
  /** More than frames: a frame of several buffers takes one each. */
  descriptors: count,
  zeroCopy: z.boolean(),
  /** XDP_STATISTICS (uapi/linux/if_xdp.h). */
  statistics: z.object({
    rxDropped: count,
    rxInvalid: count,
    rxRingFull: count,
    fillRingEmpty: count,
    txInvalid: count,
    txRingEmpty: count,
  }),
})
export type SocketArrivals = Readonly<z.infer<typeof SocketArrivals>>

const Read = z.object({ sockets: z.record(z.string(), SocketArrivals) })
const Done = z.object({})

export interface SocketOptions {
  readonly interface: string
  readonly queue: number
  /** XDP_USE_SG: takes frames of several buffers (Linux 6.6). */
  readonly frags: boolean
  readonly mode?: 'copy' | 'zerocopy' | 'any'
  /** Bytes of one buffer (chunk) of the umem. */
  readonly frameBytes?: number
  /** Buffers in the umem. */
  readonly frames?: number
  readonly rxSize?: number
  readonly fillSize?: number
  /** Buffers given to the kernel at the start; all when absent. */
  readonly filled?: number
  /** CPU of the DUT that reads; any when absent. */
  readonly cpu?: number
  /** false: never reads, so that its ring fills. */
  readonly read?: boolean
  /** false: a bare socket, which was never bound to its port. */
  readonly bound?: boolean
}

export class Sockets {
  /** As a receiver in trials and reports. */
  readonly name = 'sockets'
  readonly #agent: Agent
  readonly #open = new Set<string>()
  #closed: SocketArrivals[] = []

  constructor(agent: Agent) {
    this.#agent = agent
  }

  /** @param name by which a map's entry names it. @throws AgentFailed with the errno of the call refused. */
  async open(name: string, options: SocketOptions): Promise<void> {
    await this.#agent.request('xsk_open', { name, mode: 'copy', ...options }, Done)
    this.#open.add(name)
  }

  /** What it had got of the trial under way still counts; what lay in its ring unread is lost. */
  async close(name: string): Promise<void> {
    this.#open.delete(name)
    this.#closed.push(await this.#agent.request('xsk_close', { name }, SocketArrivals))
  }

  /** Whether a socket was closed since the trial began. */
  get someClosed(): boolean {
    return this.#closed.length > 0
  }

  async closeAll(): Promise<void> {
    for (const name of [...this.#open]) await this.close(name)
  }

  async listen(mark: {
    signature: number
    flows: number
    stampMask: number
    count: number
    verify: boolean
  }): Promise<void> {
    this.#closed = []
    if (this.#open.size > 0) await this.#agent.request('xsk_start', { ...mark }, Done)
  }

  async byName(): Promise<Record<string, SocketArrivals>> {
    return (await this.#agent.request('xsk_read', {}, Read)).sockets
  }

  /** Which frames of the trial came to no socket. @throws AgentFailed when none was open as it began. */
  losses(asked: LossesAsked): Promise<Losses> {
    return this.#agent.request('xsk_losses', { ...asked }, Losses)
  }

  /** Of all sockets together, those closed during the trial among them. */
  async arrivals(): Promise<Arrivals> {
    const all = [...Object.values(await this.byName()), ...this.#closed]
    const sum = (
      field:
        | 'frames'
        | 'bytes'
        | 'truncated'
        | 'corrupted'
        | 'duplicates'
        | 'reordered'
        | 'nonLinear'
        | 'rewritten'
        | 'foreign',
    ) => all.reduce((total, one) => total + one[field], 0)
    const first = all.map(({ firstNs }) => firstNs).filter((ns) => ns > 0)
    return {
      frames: sum('frames'),
      bytes: sum('bytes'),
      truncated: sum('truncated'),
      corrupted: sum('corrupted'),
      duplicates: sum('duplicates'),
      reordered: sum('reordered'),
      nonLinear: sum('nonLinear'),
      rewritten: sum('rewritten'),
      foreign: sum('foreign'),
      fault: all.find(({ fault }) => fault !== null)?.fault ?? null,
      latency: mergeHistograms(all.map(({ latency }) => latency)),
      firstNs: first.length === 0 ? 0 : Math.min(...first),
      lastNs: Math.max(0, ...all.map(({ lastNs }) => lastNs)),
    }
  }
}
