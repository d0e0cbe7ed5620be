/**
 * One `perf record` on the DUT for many trials, with the tracepoints of the kernel's own document that this
 * kernel has. Each trial's events are cut off into a file of their own (SIGUSR2), read there, and removed.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Changes } from '../remote/changes.ts'
import type { Host } from '../remote/host.ts'
import { type Guarded, startGuarded } from './guarded.ts'
import { type PerfCounts, parsePerfScript } from './perf-script.ts'
import type { Probes } from './probes.ts'

/** Documentation/bpf/redirect.rst, and what it leaves out of cpumaps. */
const EVENTS = [
  'xdp_redirect_err',
  'xdp_redirect_map_err',
  'xdp_exception',
  'xdp_devmap_xmit',
  'xdp_cpumap_enqueue',
  'xdp_cpumap_kthread',
]
/** Fields of an event that name a port. */
const PORT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  xdp_redirect_err: ['ifindex'],
  xdp_redirect_map_err: ['ifindex'],
  xdp_exception: ['ifindex'],
  xdp_devmap_xmit: ['from_ifindex', 'to_ifindex'],
}
/** perf starts its workload once its events are on; this one says so, and lives no longer than perf. */
const WORKLOAD = ['--', 'sh', '-c', 'echo ready; while kill -0 "$PPID" 2>/dev/null; do sleep 1; done']
const READY_MS = 15_000
const CUT_MS = 10_000
const READ_MS = 60_000

export interface PerfObservation extends PerfCounts {
  /** What perf itself printed, the first lines. */
  readonly text: string
}

export class Perf {
  readonly command: readonly string[]
  readonly #host: Host
  readonly #process: Guarded
  readonly #folder: string
  readonly #ifindexes: ReadonlySet<number>
  readonly #ready: Promise<void>

  private constructor(
    host: Host,
    process: Guarded,
    folder: string,
    command: readonly string[],
    ifindexes: readonly number[],
  ) {
    this.#host = host
    this.#process = process
    this.#folder = folder
    this.command = command
    this.#ifindexes = new Set(ifindexes)
    this.#ready = new Promise((resolve) => process.onLine(() => resolve()))
  }

  /** @throws Unsupported when perf is missing or refuses, with its words. */
  static async start(
    host: Host,
    changes: Changes,
    probes: Probes,
    ifindexes: readonly number[],
  ): Promise<Perf> {
    const folder = `/tmp/redirect-lab-${randomBytes(8).toString('hex')}`
    await changes.make({
      what: `folder ${folder}`,
      argv: ['mkdir', '-m', '0700', folder],
      undo: ['rm', '-rf', folder],
    })
    const events = EVENTS.filter((event) => probes.has(event)).flatMap((event) => {
      const fields = PORT_FIELDS[event]
      const filter = fields?.flatMap((field) => ifindexes.map((index) => `${field} == ${index}`)).join(' || ')
      return ['-e', `xdp:${event}`, ...(filter === undefined ? [] : ['--filter', filter])]
    })
    const command = [
      'perf',
      'record',
      '-a',
      '-m',
      '4M',
      ...events,
      '--switch-output=signal',
      '-o',
      `${folder}/perf.data`,
      ...WORKLOAD,
    ]
    const perf = new Perf(host, await startGuarded(host, command), folder, command, ifindexes)
    try {
      await perf.#process.within(READY_MS, 'start', perf.#ready)
    } catch (error) {
      await perf.stop()
      throw error
    }
    return perf
  }

  /** What was recorded since the last call. @throws Unsupported when perf is gone; CommandFailed. */
  async collect(): Promise<PerfObservation> {
    const file = await this.#cut()
    const argv = ['perf', 'script', '-i', file, '--show-lost-events', '-F', 'comm,cpu,time,event,trace']
    const text = await this.#host.run(['sh', '-c', '"$@" 2>/dev/null; rm -f "$0"', file, ...argv], {
      timeoutMs: READ_MS,
    })
    return { ...parsePerfScript(text, this.#ifindexes), text: text.split('\n').slice(0, 200).join('\n') }
  }

  stop(): Promise<void> {
    return this.#process.kill()
  }

  async #cut(): Promise<string> {
    const dumped = this.#process.stderr().length
    this.#process.signal('USR2')
    let file: string | undefined
    const written = async () => {
      while (!(file = /Dump (\S+perf\.data\.\d+) \]/.exec(this.#process.stderr().slice(dumped))?.[1]))
        await delay(2)
      return file
    }
    return this.#process.within(CUT_MS, 'write its file', written())
  }
}
