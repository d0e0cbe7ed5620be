/** A host over ssh2, whatever its stream is: a TCP connection, or a pipe to an sshd in a namespace. */
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { CommandFailed } from './command-failed.ts'
import type { Host, RemoteProcess, RunOptions } from './host.ts'
import { eachLine, endOf, runToEnd } from './run-to-end.ts'
import { shellWords } from './shell-words.ts'

export class SshHost implements Host {
  readonly name: string
  readonly #client: Client
  readonly #closed: Promise<void>
  /** Why the connection ended, once it has. */
  #why: string | undefined

  /** @param client connected and authenticated. */
  constructor(name: string, client: Client) {
    this.name = name
    this.#client = client
    client.on('error', (error) => (this.#why ??= error.message))
    this.#closed = new Promise((resolve) => {
      client.on('close', () => {
        this.#why ??= 'the SSH connection is closed'
        resolve()
      })
    })
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const { channel, process } = await this.#open(argv)
    const running = {
      process,
      stdin: channel,
      stdout: channel,
      stop: () => channel.close(),
      whyLost: () => this.#why ?? 'the connection was lost',
    }
    return runToEnd(this.name, argv, running, options)
  }

  async start(argv: readonly string[]): Promise<RemoteProcess> {
    return (await this.#open(argv)).process
  }

  connect(port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(
          new CommandFailed(this.name, ['connect', `127.0.0.1:${port}`], { exitCode: null, stderr: '', why }),
        )
      if (this.#why) {
        fail(this.#why)
        return
      }
      void this.#closed.then(() => fail(this.#why ?? 'the connection was lost'))
      this.#client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) => {
        if (error) fail(error.message)
        else resolve(channel)
      })
    })
  }

  async close(): Promise<void> {
    this.#why ??= 'the lab was closed'
    this.#client.end()
    const timer = setTimeout(() => this.#client.destroy(), 500)
    await this.#closed
    clearTimeout(timer)
  }

  #open(argv: readonly string[]): Promise<{ channel: ClientChannel; process: ChannelProcess }> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(new CommandFailed(this.name, argv, { exitCode: null, stderr: '', why }))
      if (this.#why) {
        fail(this.#why)
        return
      }
      void this.#closed.then(() => fail(this.#why ?? 'the connection was lost'))
      this.#client.exec(shellWords(argv), (error, channel) => {
        if (error) fail(error.message)
        // At once: a short command's exit comes with the packet that says it was started.
        else resolve({ channel, process: new ChannelProcess(channel, this.#closed) })
      })
    })
  }
}

class ChannelProcess implements RemoteProcess {
  readonly ended: RemoteProcess['ended']
  readonly stderr: RemoteProcess['stderr']
  readonly #channel: ClientChannel

  constructor(channel: ClientChannel, connectionClosed: Promise<void>) {
    this.#channel = channel
    this.stderr = endOf(channel.stderr)
    // A write after the far side is gone is no news: `ended` tells.
    channel.on('error', () => undefined)
    this.ended = new Promise((resolve) => {
      let exitCode: number | null = null
      let signal: string | undefined
      channel.on('exit', (code: number | null, name?: string) => {
        exitCode = code
        signal = name
      })
      const done = () => resolve({ exitCode, ...(signal ? { signal } : {}) })
      channel.on('close', done)
      void connectionClosed.then(done)
    })
  }

  write(text: string): void {
    if (this.#channel.writable) this.#channel.write(text)
  }

  end(): void {
    this.#channel.end()
  }

  onLine(listener: (line: string) => void): void {
    eachLine(this.#channel, listener)
  }
}
