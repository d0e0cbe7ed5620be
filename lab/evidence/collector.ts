/** Watches the DUT through the trials of one lab: what was seen in each is collected when it has ended. */
import { z } from 'zod'
import type { Changes } from '../remote/changes.ts'
import type { Agent } from '../remote/agent.ts'
import { type Counters, countersMoved, readCounters } from '../remote/port-facts.ts'
import { Bpftrace } from './bpftrace.ts'
import { BulkCounter } from './bulk-counter.ts'
import { type DevmapBulks, observedBulks } from './devmap-bulks.ts'
import type { EvidenceLevel } from './levels.ts'
import { NOTHING_SEEN, type Observation } from './observation.ts'
import { Perf, type PerfObservation } from './perf.ts'
import { findProbes, type Probes } from './probes.ts'

const KernelLog = z.object({
  records: z.array(z.object({ level: z.number(), us: z.number(), text: z.string() })),
  lost: z.boolean(),
})

/** What the agent's program counts, as bpftrace would. */
const BULKS_BY_HAND =
  "bpftrace -e 'tracepoint:xdp:xdp_devmap_xmit { @[args->from_ifindex, args->to_ifindex, args->sent, args->drops, args->err] = count(); }'"

const Misses = z.object({ misses: z.number() })

export interface Evidence {
  readonly level: EvidenceLevel
  readonly observation: Observation
  /** Events that bpftrace could not deliver. */
  readonly lostEvents: number
  /** Events that its programs were not run for: another one was at work on that CPU (recursion_misses). */
  readonly missedEvents: number
  /** With `full` only. */
  readonly perf?: PerfObservation
  /** Counters of the DUT's ports that moved, by interface and name. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What the DUT's kernel logged meanwhile. */
  readonly kernelLog: readonly string[]
  /** What was run, to be repeated by hand. */
  readonly commands: readonly string[]
}

/** What is watched on the DUT. */
export interface Watched {
  readonly agent: Agent
  readonly changes: Changes
  readonly interfaces: readonly string[]
  readonly ifindexes: readonly number[]
}

export class Collector {
  readonly #watched: Watched
  readonly #probes: Probes
  #level: EvidenceLevel | undefined
  #bpftrace: Bpftrace | undefined
  #bulks: BulkCounter | undefined
  #perf: Perf | undefined
  #counters: Counters = {}
  #lostEvents = 0
  #missedEvents = 0
  readonly #log: string[] = []

  private constructor(watched: Watched, probes: Probes) {
    this.#watched = watched
    this.#probes = probes
  }

  /** @throws Unsupported when the kernel has no XDP tracepoints. */
  static async open(watched: Watched): Promise<Collector> {
    const collector = new Collector(watched, await findProbes(watched.agent.host))
    await collector.#kernelLog()
    return collector
  }

  /** Attaches what the level needs, and lets go of what it does not. @throws Unsupported */
  async watch(level: EvidenceLevel): Promise<void> {
    if (this.#level === level) return
    await this.stop()
    const { agent, changes, ifindexes } = this.#watched
    if (level === 'none') {
      this.#level = level
      return
    }
    if (level === 'light') this.#bulks = await BulkCounter.start(agent, ifindexes)
    const starting = [
      Bpftrace.start(agent.host, this.#probes, level, ifindexes, this.#bulks === undefined).then(
        (one) => void (this.#bpftrace = one),
      ),
    ]
    if (level === 'full')
      starting.push(
        Perf.start(agent.host, changes, this.#probes, ifindexes).then((one) => void (this.#perf = one)),
      )
    const failed = (await Promise.allSettled(starting)).find((one) => one.status === 'rejected')
    if (failed) {
      await this.stop()
      throw failed.reason as Error
    }
    this.#level = level
  }

  /** Reads the counters before a trial. What the collectors saw since the last trial counts as this one's. */
  async begin(): Promise<void> {
    this.#counters = await readCounters(this.#watched.agent, this.#watched.interfaces)
  }

  /** @throws Unsupported when a collector is gone; AgentFailed. */
  async collect(): Promise<Evidence> {
    const { agent, interfaces } = this.#watched
    const [traced, bulks, missed, perf, counters, kernelLog] = await Promise.all([
      this.#bpftrace?.collect() ?? NOTHING_SEEN,
      this.#bulks?.collect(),
      this.#missed(),
      this.#perf?.collect(),
      readCounters(agent, interfaces),
      this.#kernelLog(),
    ])
    const lostEvents = (this.#bpftrace?.lostEvents ?? 0) - this.#lostEvents
    this.#lostEvents += lostEvents
    const missedEvents = missed - this.#missedEvents + (bulks?.missed ?? 0)
    this.#missedEvents = missed
    return {
      level: this.#level!,
      observation: bulks ? withBulks(traced, bulks.bulks) : traced,
      lostEvents,
      missedEvents,
      ...(perf ? { perf } : {}),
      counters: countersMoved(this.#counters, counters),
      kernelLog,
      commands: [
        ...(this.#bulks ? [BULKS_BY_HAND] : []),
        ...(this.#bpftrace ? [`bpftrace -e '${this.#bpftrace.script}'`] : []),
        ...(this.#perf ? [this.#perf.command.join(' ')] : []),
      ],
    }
  }

  /** All that the DUT's kernel has logged since the lab was opened. */
  kernelLogSoFar(): readonly string[] {
    return this.#log
  }

  async stop(): Promise<void> {
    this.#level = undefined
    this.#lostEvents = 0
    this.#missedEvents = 0
    await Promise.all([this.#bpftrace?.stop(), this.#bulks?.stop(), this.#perf?.stop()])
    this.#bpftrace = undefined
    this.#bulks = undefined
    this.#perf = undefined
  }

  /** Since bpftrace began. */
  async #missed(): Promise<number> {
    const pid = this.#bpftrace?.pid
    if (pid === undefined) return 0
    const { misses } = await this.#watched.agent.request('misses', { pid }, Misses)
    return misses
  }

  async #kernelLog(): Promise<string[]> {
    const { records, lost } = await this.#watched.agent.request('kernel_log', {}, KernelLog)
    const lines = records.map(({ text }) => text)
    if (lost) lines.unshift('(records were overwritten before they could be read)')
    this.#log.push(...lines)
    return lines
  }
}

function withBulks(traced: Observation, bulks: readonly DevmapBulks[]): Observation {
  const { hits, ...devmap } = observedBulks(bulks)
  return {
    ...traced,
    probes: hits === 0 ? traced.probes : { ...traced.probes, 'xdp:xdp_devmap_xmit': hits },
    ...devmap,
  }
}
