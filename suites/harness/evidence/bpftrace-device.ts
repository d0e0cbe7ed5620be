/**
 * A host on which bpftrace runs, without one: it keeps maps that only grow, and prints them at SIGUSR1 as
 * bpftrace 0.17 does with `-f json`.
 */
import { basename } from 'node:path'
import type { Host, RemoteProcess } from '../../../lab/remote/host.ts'

export class BpftraceDevice implements Host {
  readonly name = 'dut'
  readonly #maps = new Map<string, Map<string, number>>()
  #say: (line: string) => void = () => undefined
  #end: (exitCode: number | null) => void = () => undefined
  #stderr = ''
  #dead = false
  /** What was started, without the agent that guards it. */
  argv: readonly string[] = []
  /** Signals that came, the oldest first. */
  readonly signals: string[] = []
  /** Does not get as far as attaching, and says this instead. */
  refuses: string | undefined
  /** Is as if hung: prints no maps. */
  silent = false

  run(argv: readonly string[]): Promise<string> {
    return Promise.resolve(argv[0] === 'uname' ? 'x86_64\n' : '/cache/redirect-lab/agent-0123456789abcdef\n')
  }

  connect(): Promise<never> {
    return Promise.reject(new Error('nothing listens'))
  }

  start([agent = '', guard, , ...argv]: readonly string[]): Promise<RemoteProcess> {
    if (!basename(agent).startsWith('agent-') || guard !== 'guard')
      throw new Error('a collector runs under the guard')
    this.argv = argv
    const ended = new Promise<{ exitCode: number | null }>(
      (resolve) => (this.#end = (exitCode) => resolve({ exitCode })),
    )
    if (this.refuses !== undefined) this.die(this.refuses)
    else setTimeout(() => this.print({ type: 'attached_probes', data: { probes: 6 } }), 1)
    return Promise.resolve({
      write: (text) => text.split('\n').forEach((word) => this.#signal(word)),
      end: () => this.#end(0),
      onLine: (listener) => (this.#say = listener),
      stderr: () => this.#stderr,
      ended,
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** The kernel fires an event that adds to a map's entry. */
  count(map: string, key: readonly (number | string)[], amount = 1): void {
    const entries = this.#maps.get(map) ?? new Map<string, number>()
    entries.set(key.join(','), (entries.get(key.join(',')) ?? 0) + amount)
    this.#maps.set(map, entries)
  }

  die(words: string, exitCode = 1): void {
    this.#stderr += words
    this.#dead = true
    this.#end(exitCode)
  }

  print(line: object | string): void {
    this.#say(typeof line === 'string' ? line : JSON.stringify(line))
  }

  #signal(word: string): void {
    if (word === '' || this.#dead) return
    this.signals.push(word)
    if (word === 'KILL') this.#end(null)
    if (word !== 'USR1' || this.silent) return
    // Maps without an entry are not printed.
    for (const name of [...this.#maps.keys()].sort())
      this.print({ type: 'map', data: { [name]: Object.fromEntries(this.#maps.get(name)!) } })
    this.print({ type: 'map', data: { '@zz_end_of_snapshot': 1 } })
    this.print('')
  }
}
