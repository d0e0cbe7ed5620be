/** A host over ssh2, whatever its stream is: a TCP connection, or a pipe to an sshd in a namespace. */
import type { Client, ClientChannel } from 'ssh2'
import { CommandFailed } from './command-failed.ts'
import type { Host, RemoteProcess, RunOptions } from './host.ts'
import { shellWords } from './shell-words.ts'

const RUN_MS = 10_000
/** Standard error is kept for messages: its end says why. */
const STDERR_KEPT = 16_384

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
    const chunks: Buffer[] = []
    channel.on('data', (chunk: Buffer) => chunks.push(chunk))
    channel.end(options.input)
    const timeoutMs = options.timeoutMs ?? RUN_MS
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs)
    })
    const end = await Promise.race([process.ended, late])
    clearTimeout(timer)
    const stderr = process.stderr()
    if (end === 'late') {
      channel.close()
      throw new CommandFailed(this.name, argv, {
        exitCode: null,
        stderr,
        why: `no end after ${timeoutMs} ms`,
      })
    }
    if (end.exitCode === null)
      throw new CommandFailed(this.name, argv, {
        exitCode: null,
        stderr,
        why: end.signal ? `killed by ${end.signal}` : (this.#why ?? 'the connection was lost'),
      })
    if (end.exitCode !== 0) throw new CommandFailed(this.name, argv, { exitCode: end.exitCode, stderr })
    return Buffer.concat(chunks).toString()
  }

  async start(argv: readonly string[]): Promise<RemoteProcess> {
    return (await this.#open(argv)).process
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
  readonly #channel: ClientChannel
  #stderr = ''

  constructor(channel: ClientChannel, connectionClosed: Promise<void>) {
    this.#channel = channel
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_KEPT)
    })
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
    let rest = ''
    this.#channel.setEncoding('utf8')
    this.#channel.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) listener(line)
    })
  }

  stderr(): string {
    return this.#stderr
  }
}
