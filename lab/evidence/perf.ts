/**
 * One `perf record` on the DUT for many trials, with the tracepoints of the kernel's own document that this
 * kernel has. Each trial's events are cut off into a file of their own (SIGUSR2), read there, and removed.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Changes } from '../remote/changes.ts'
import type { Host } from '../remote/host.ts'
import { type Guarded, startGuarded } from '../remote/guarded.ts'
import { PerfReader } from './perf-reader.ts'
import { type PerfCounts, parsePerfScript, UNREAD } from './perf-script.ts'
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
const SIGNAL_EVENT = 'signal:signal_generate'
/** Fields of an event that name a port. */
const PORT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  xdp_redirect_err: ['ifindex'],
  xdp_redirect_map_err: ['ifindex'],
  xdp_exception: ['ifindex'],
  xdp_devmap_xmit: ['from_ifindex', 'to_ifindex'],
}
/**
 * perf starts its workload once its events are on; this one says whose it is, and lives no longer than a second
 * more. It lets go of perf's output, whose end nobody would hear of otherwise.
 */
const WORKLOAD = ['--', 'sh', '-c', 'echo "$PPID"; exec >&- 2>&-; while kill -0 "$PPID"; do sleep 1; done']
const READY_MS = 15_000
const COLLECT_MS = 20_000
const POLL_MS = 2
const ASK_AGAIN_MS = 300
const ASKED_ENOUGH_MS = 3_000
/** Of perf's own text, in the report: of a night with thousands of trials it would be more than all else. */
const LINES_SHOWN = 50

export interface PerfObservation extends PerfCounts {
  /** What perf itself printed, the first lines. */
  readonly text: string
}

export class Perf {
  readonly command: readonly string[]
  readonly #process: Guarded
  readonly #reader: PerfReader
  readonly #ifindexes: ReadonlySet<number>
  readonly #ready: Promise<void>
  #pid = 0
  #lastRead = ''
  #signalsSent = 0
  #signalsSeen = 0

  private constructor(
    process: Guarded,
    reader: PerfReader,
    command: readonly string[],
    ifindexes: readonly number[],
  ) {
    this.#process = process
    this.#reader = reader
    this.command = command
    this.#ifindexes = new Set(ifindexes)
    this.#ready = new Promise((resolve) =>
      process.onLine((line) => {
        this.#pid = Number(line)
        resolve()
      }),
    )
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
      // Nobody looks up symbols: build ids would only cost time at every cut.
      '--no-buildid',
      '--no-buildid-cache',
      ...events,
      '-e',
      SIGNAL_EVENT,
      '--filter',
      'sig == 12',
      '--switch-output=signal',
      '-o',
      `${folder}/perf.data`,
      ...WORKLOAD,
    ]
    const [process, reader] = await Promise.all([startGuarded(host, command), PerfReader.start(host)])
    const perf = new Perf(process, reader, command, ifindexes)
    try {
      await perf.#process.within(READY_MS, 'start', perf.#ready)
    } catch (error) {
      await perf.stop()
      throw error
    }
    return perf
  }

  /** What was recorded since the last call. @throws Unsupported when perf is gone. */
  async collect(): Promise<PerfObservation> {
    const lines = await this.#process.within(COLLECT_MS, 'write its file', this.#linesSoFar())
    return { ...parsePerfScript(lines, this.#ifindexes), text: lines.slice(0, LINES_SHOWN).join('\n') }
  }

  async stop(): Promise<void> {
    this.#reader.stop()
    await this.#process.kill()
  }

  /**
   * perf takes no notice of a signal that comes while it is busy with the one before, so it may have to be
   * asked again, and may then write a file more. Since the signals are among the events recorded, a file
   * tells which of them it comes after: all is there once the last one sent is.
   */
  async #linesSoFar(): Promise<string[]> {
    const lines: string[] = []
    let filesSinceAsked = 0
    for (let waited = 0; ; waited += POLL_MS) {
      if (waited % ASK_AGAIN_MS === 0) {
        // Enough of asking: a signal's own event may be among those that perf has lost.
        if (waited >= ASKED_ENOUGH_MS && filesSinceAsked > 0) this.#signalsSeen = this.#signalsSent
        else {
          this.#process.signal('USR2')
          this.#signalsSent++
          filesSinceAsked = 0
        }
      }
      await delay(POLL_MS)
      for (const file of this.#newDumps()) {
        filesSinceAsked++
        for (const line of await this.#reader.read(file))
          if (line.includes(SIGNAL_EVENT)) this.#signalsSeen += Number(line.includes(` pid=${this.#pid} `))
          else lines.push(line)
        // What perf could not read may have held the signal: no use in waiting for it.
        if (lines.at(-1)?.includes(UNREAD)) this.#signalsSeen = this.#signalsSent
      }
      if (this.#signalsSeen >= this.#signalsSent) return lines
    }
  }

  #newDumps(): string[] {
    const dumps = [...this.#process.stderr().matchAll(/Dump (\S+perf\.data\.\d+) \]/g)].map(
      ([, file]) => file!,
    )
    const files = dumps.slice(dumps.lastIndexOf(this.#lastRead) + 1)
    this.#lastRead = files.at(-1) ?? this.#lastRead
    return files
  }
}
