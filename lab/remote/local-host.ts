/** This machine as a host, without SSH: in the namespaces that this process is in. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { CommandFailed } from './command-failed.ts'
import type { Host, RemoteProcess, RunOptions } from './host.ts'
import { eachLine, endOf, runToEnd } from './run-to-end.ts'

/** What was started ends with its input; whatever does not is killed. */
const END_MS = 3_000

export class LocalHost implements Host {
  readonly name: string
  readonly #running = new Set<LocalProcess>()

  constructor(name = 'this machine') {
    this.name = name
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const process = await this.#start(argv)
    const { stdin, stdout } = process.child
    const running = { process, stdin, stdout, stop: () => process.kill(), whyLost: () => 'it was lost' }
    return runToEnd(this.name, argv, running, options)
  }

  start(argv: readonly string[]): Promise<RemoteProcess> {
    return this.#start(argv)
  }

  async connect(port: number): Promise<Duplex> {
    const socket = connectTcp({ host: '127.0.0.1', port })
    await once(socket, 'connect').catch((error: unknown) => {
      const why = (error as Error).message
      throw new CommandFailed(this.name, ['connect', `127.0.0.1:${port}`], {
        exitCode: null,
        stderr: '',
        why,
      })
    })
    return socket
  }

  async close(): Promise<void> {
    const running = [...this.#running]
    for (const process of running) process.end()
    const all = Promise.all(running.map(({ ended }) => ended))
    await Promise.race([all, delay(END_MS, undefined, { ref: false })])
    for (const process of this.#running) process.kill()
  }

  async #start(argv: readonly string[]): Promise<LocalProcess> {
    const [program = '', ...words] = argv
    // In a session of its own: Ctrl-C is for this process alone, which then ends the rest in its order.
    const child = spawn(program, words, { stdio: 'pipe', detached: true })
    const process = new LocalProcess(child)
    await once(child, 'spawn').catch((error: unknown) => {
      throw new CommandFailed(this.name, argv, { exitCode: null, stderr: '', why: (error as Error).message })
    })
    this.#running.add(process)
    void process.ended.then(() => this.#running.delete(process))
    return process
  }
}

class LocalProcess implements RemoteProcess {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: RemoteProcess['ended']
  readonly stderr: RemoteProcess['stderr']

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child
    this.stderr = endOf(child.stderr)
    // A write after the other side is gone is no news: `ended` tells.
    child.stdin.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve({ exitCode: null }))
      child.once('close', (exitCode, signal) => resolve({ exitCode, ...(signal ? { signal } : {}) }))
    })
  }

  write(text: string): void {
    if (this.child.stdin.writable) this.child.stdin.write(text)
  }

  end(): void {
    this.child.stdin.end()
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  onLine(listener: (line: string) => void): void {
    eachLine(this.child.stdout, listener)
  }
}
