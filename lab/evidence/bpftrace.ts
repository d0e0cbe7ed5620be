/**
 * One bpftrace on the DUT for many trials: its maps only grow, and a trial is the difference between two
 * snapshots. bpftrace prints its maps at SIGUSR1, in the order of their names.
 */
import { z } from 'zod'
import type { Host } from '../remote/host.ts'
import { jsonOrNothing } from '../remote/json-or-nothing.ts'
import { Unsupported } from '../remote/unsupported.ts'
import { type Guarded, startGuarded } from '../remote/guarded.ts'
import { bpftraceScript, bulksOf, OBSERVER } from './bpftrace-script.ts'
import { observedBulks } from './devmap-bulks.ts'
import type { EvidenceLevel } from './levels.ts'
import type { BulkHistogram, Observation, StackEvent } from './observation.ts'
import type { Probes } from './probes.ts'

const READY_MS = 15_000
const SNAPSHOT_MS = 5_000
const LAST_MAP = '@zz_end_of_snapshot'
/** Keys that one bpftrace map holds; a map this full may have lost some. */
const MAP_KEYS = 16_384

const Line = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attached_probes'), data: z.object({ probes: z.number() }) }),
  z.object({
    type: z.literal('map'),
    data: z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())])),
  }),
  z.object({ type: z.literal('printf') }),
  z.object({ type: z.literal('lost_events'), data: z.object({ events: z.number() }) }),
])

/** By map name, by key, a number that only grows. */
type Snapshot = ReadonlyMap<string, ReadonlyMap<string, number>>

export class Bpftrace {
  readonly script: string
  readonly #process: Guarded
  readonly #maps = new Map<string, ReadonlyMap<string, number>>()
  #last: Snapshot = new Map()
  #onAttached: () => void = () => undefined
  #onSnapshot: (snapshot: Snapshot) => void = () => undefined
  /** Events that bpftrace said it lost, since it began. */
  lostEvents = 0
  /** Maps that had no room for more keys when they were last collected. */
  full: readonly string[] = []

  private constructor(process: Guarded, script: string) {
    this.#process = process
    this.script = script
    process.onLine((line) => this.#hear(line))
  }

  /**
   * @param ifindexes of the ports whose events are counted; everybody's when absent.
   * @param bulks false where somebody else counts the bulks of devmaps.
   * @throws Unsupported when bpftrace is missing or cannot attach, with its words.
   */
  static async start(
    host: Host,
    probes: Probes,
    level: EvidenceLevel,
    ifindexes?: readonly number[],
    bulks = true,
  ): Promise<Bpftrace> {
    const script = bpftraceScript(probes, level, ifindexes, bulks)
    const argv = ['env', `BPFTRACE_MAP_KEYS_MAX=${MAP_KEYS}`, 'bpftrace', '-f', 'json', '-e', script]
    const bpftrace = new Bpftrace(await startGuarded(host, argv), script)
    try {
      await bpftrace.#process.within(
        READY_MS,
        'attach',
        new Promise<void>((resolve) => (bpftrace.#onAttached = resolve)),
      )
      // It announces its probes before it attaches them; that it answers says that they are there.
      bpftrace.#last = await bpftrace.#snapshot(READY_MS)
    } catch (error) {
      await bpftrace.stop()
      throw error
    }
    return bpftrace
  }

  /**
   * What was seen since the last call, or since the start.
   * @throws Unsupported when bpftrace is gone, or has no room for all keys, unless `partial` will do.
   */
  async collect({ partial = false } = {}): Promise<Observation> {
    const now = await this.#snapshot(SNAPSHOT_MS)
    this.full = [...now].filter(([, entries]) => entries.size >= MAP_KEYS).map(([name]) => name)
    if (this.full.length > 0 && !partial)
      throw new Unsupported('exact evidence', `bpftrace's map ${this.full[0]!} is full (${MAP_KEYS} keys)`)
    const observed = difference(this.#last, now)
    this.#last = now
    return observed
  }

  /** Of bpftrace itself, in the machine's own PID namespace. */
  get pid(): number | undefined {
    return this.#last.get(OBSERVER)?.get('')
  }

  stop(): Promise<void> {
    return this.#process.kill()
  }

  #snapshot(ms: number): Promise<Snapshot> {
    const taken = new Promise<Snapshot>((resolve) => (this.#onSnapshot = resolve))
    this.#process.signal('USR1')
    return this.#process.within(ms, 'print its maps', taken)
  }

  #hear(text: string): void {
    if (text.trim() === '') return
    const line = Line.safeParse(jsonOrNothing(text))
    if (!line.success) return
    switch (line.data.type) {
      case 'attached_probes':
        this.#onAttached()
        return
      case 'printf':
        return
      case 'lost_events':
        this.lostEvents += line.data.data.events
        return
      case 'map':
        for (const [name, value] of Object.entries(line.data.data)) this.#take(name, value)
        return
      default:
        line.data satisfies never
    }
  }

  #take(name: string, value: number | Record<string, number>): void {
    this.#maps.set(name, new Map(typeof value === 'number' ? [['', value]] : Object.entries(value)))
    if (name !== LAST_MAP) return
    this.#onSnapshot(new Map(this.#maps))
  }
}

function difference(before: Snapshot, after: Snapshot): Observation {
  const delta = (map: string): Map<string, number> => {
    const entries = [...(after.get(map) ?? [])].map(
      ([key, value]) => [key, value - (before.get(map)?.get(key) ?? 0)] as const,
    )
    return new Map(entries.filter(([, change]) => change !== 0))
  }
  const rows = (map: string) =>
    [...delta(map)].map(([key, value]): Row => ({ parts: key.split(',').map(Number), value }))
  const { hits, ...devmap } = observedBulks([...delta('@devmap')].map(([key, count]) => bulksOf(key, count)))
  const [enqueues, kthreads] = [rows('@enqueue'), rows('@kthread')]
  return {
    probes: Object.fromEntries(
      [
        ...[...delta('@probe')].map(([probe, hits]) => [probe.replace('tracepoint:', ''), hits] as const),
        ['xdp:xdp_devmap_xmit', hits] as const,
        ['xdp:xdp_cpumap_enqueue', hitsOf(enqueues)] as const,
        ['xdp:xdp_cpumap_kthread', hitsOf(kthreads)] as const,
      ].filter(([, hits]) => hits > 0),
    ),
    redirects: rows('@redirect').map(({ parts, value }) => {
      const [program, ifindex, toIfindex, map, key, error] = parts as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      return { program, ifindex, toIfindex, map, key, errno: Math.abs(error), frames: value }
    }),
    exceptions: rows('@exception').map(({ parts, value }) => {
      const [program, action, ifindex] = parts as [number, number, number]
      return { program, action, ifindex, frames: value }
    }),
    ...devmap,
    cpumapEnqueues: summed(enqueues, 3).map(({ parts, bulks, sums }) => {
      const [map, cpu, toCpu] = parts as [number, number, number]
      const [processed = 0, drops = 0] = sums
      return { map, cpu, toCpu, bulks, processed, drops }
    }),
    cpumapKthreads: summed(kthreads, 2).map(({ parts, sums }) => {
      const [map, cpu] = parts as [number, number]
      const [processed = 0, drops = 0, pass = 0, drop = 0, redirect = 0] = sums
      return { map, cpu, processed, drops, pass, drop, redirect }
    }),
    stacks: [...delta('@stack'), ...delta('@stack_xmit')].map(([key, frames]) => stackOf(key, frames)),
    cpumapBulks: histogram(enqueues.map(({ parts, value }) => [parts[3]!, value])),
  }
}

interface Row {
  readonly parts: readonly number[]
  /** How often there was an event with just these fields. */
  readonly value: number
}

const hitsOf = (rows: readonly Row[]): number => rows.reduce((sum, { value }) => sum + value, 0)

/** Rows that agree in their first fields, together: how many events, and the sums of the fields that follow. */
function summed(
  rows: readonly Row[],
  first: number,
): { parts: readonly number[]; bulks: number; sums: readonly number[] }[] {
  const groups = new Map<string, { parts: readonly number[]; bulks: number; sums: number[] }>()
  for (const { parts, value } of rows) {
    const name = parts.slice(0, first).join()
    const rest = parts.slice(first)
    const group = groups.get(name) ?? { parts: parts.slice(0, first), bulks: 0, sums: rest.map(() => 0) }
    group.bulks += value
    for (const [index, field] of rest.entries()) group.sums[index]! += field * value
    groups.set(name, group)
  }
  return [...groups.values()]
}

/** A key is `tracepoint:xdp:xdp_exception,0,` and a function on each line after that. */
function stackOf(key: string, frames: number): StackEvent {
  const [head = '', ...stack] = key.split('\n').map((line) => line.trim())
  const [probe = '', code] = head.split(',')
  return {
    probe: probe.replace('tracepoint:xdp:', ''),
    code: Math.abs(Number(code)),
    frames,
    stack: stack.filter((line) => line !== ''),
  }
}

function histogram(entries: readonly (readonly [number, number])[]): BulkHistogram {
  const sizes: Record<number, number> = {}
  for (const [size, bulks] of entries) sizes[size] = (sizes[size] ?? 0) + bulks
  return sizes
}
