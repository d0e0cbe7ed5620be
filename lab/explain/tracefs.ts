/** A host whose commands see the kernel's tracepoints. */
import type { Duplex } from 'node:stream'
import type { Host, RemoteProcess, RunOptions } from '../remote/host.ts'

const LOOK = '[ -d /sys/kernel/tracing/events/xdp ] || [ -d /sys/kernel/debug/tracing/events/xdp ]'
/** A mount namespace of the command's own: it ends with the command, and nobody else sees the mount. */
const MOUNTED = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  'mount -t tracefs tracefs /sys/kernel/tracing && exec "$@"',
  'sh',
]

/**
 * `ip netns exec` gives its command a fresh /sys, without tracefs. Where it is missing, commands run in a
 * mount namespace that has it; the network namespace stays.
 */
export async function withTracefs(host: Host): Promise<Host> {
  const sees = await host.run(['sh', '-c', LOOK]).then(
    () => true,
    () => false,
  )
  return sees ? host : new Within(host, MOUNTED)
}

class Within implements Host {
  readonly #host: Host
  readonly #words: readonly string[]

  constructor(host: Host, words: readonly string[]) {
    this.#host = host
    this.#words = words
  }

  get name(): string {
    return this.#host.name
  }

  run(argv: readonly string[], options?: RunOptions): Promise<string> {
    return this.#host.run([...this.#words, ...argv], options)
  }

  start(argv: readonly string[]): Promise<RemoteProcess> {
    return this.#host.start([...this.#words, ...argv])
  }

  connect(port: number): Promise<Duplex> {
    return this.#host.connect(port)
  }

  close(): Promise<void> {
    return this.#host.close()
  }
}
