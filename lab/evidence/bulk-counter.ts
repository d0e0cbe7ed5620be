/**
 * The bulks of devmaps, counted by the agent's own program on the raw tracepoint xdp_devmap_xmit: they come by the
 * hundred thousand a second, and bpftrace, which sits on the tracepoint's perf event, takes ten times as long for
 * each (benchmarks/observer-effect.ts).
 */
import { z } from 'zod'
import type { Agent } from '../remote/agent.ts'
import { AgentFailed } from '../remote/agent-failed.ts'
import type { DevmapBulks } from './devmap-bulks.ts'

const Done = z.object({})
const Counts = z.object({
  bulks: z.array(z.tuple([z.int(), z.int(), z.int(), z.int(), z.int(), z.int()])),
  missed: z.int(),
})

export class BulkCounter {
  readonly #agent: Agent
  #last = new Map<string, number>()
  #lastMissed = 0

  private constructor(agent: Agent) {
    this.#agent = agent
  }

  /**
   * @param ifindexes of the ports whose bulks are counted.
   * @returns undefined where the kernel was built without types (CONFIG_DEBUG_INFO_BTF): bpftrace has to do it.
   * @throws AgentFailed
   */
  static async start(agent: Agent, ifindexes: readonly number[]): Promise<BulkCounter | undefined> {
    try {
      await agent.request('bulks_open', { ports: ifindexes }, Done)
    } catch (error) {
      if (error instanceof AgentFailed && error.call === 'bulks') return undefined
      throw error
    }
    return new BulkCounter(agent)
  }

  /** What was handed over since the last call, or since the start; and bulks that could not be counted. */
  async collect(): Promise<{ bulks: readonly DevmapBulks[]; missed: number }> {
    const { bulks: counted, missed } = await this.#agent.request('bulks_read', {}, Counts)
    const now = new Map(
      counted.map(([from, to, errno, sent, drops, bulks]) => [[from, to, errno, sent, drops].join(), bulks]),
    )
    const bulks = counted.map(([from, to, errno, sent, drops, often]) => {
      const before = this.#last.get([from, to, errno, sent, drops].join()) ?? 0
      return { from, to, errno, sent, drops, bulks: often - before }
    })
    const missedNow = missed - this.#lastMissed
    this.#last = now
    this.#lastMissed = missed
    return { bulks: bulks.filter((one) => one.bulks > 0), missed: missedNow }
  }

  async stop(): Promise<void> {
    await this.#agent.request('bulks_close', {}, Done)
  }
}
