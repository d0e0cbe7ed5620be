/** What a host does with a command's streams, whatever they go through: a channel of SSH, or pipes. */
import type { Readable, Writable } from 'node:stream'
import { CommandFailed } from './command-failed.ts'
import type { RemoteProcess, RunOptions } from './host.ts'

const RUN_MS = 10_000
/** Standard error is kept for messages: its end says why. */
const STDERR_KEPT = 16_384

export interface Running {
  readonly process: RemoteProcess
  readonly stdin: Writable
  readonly stdout: Readable
  /** Lets go of it, or kills it, when its time is over. */
  readonly stop: () => void
  /** Why it ended with neither exit code nor signal. */
  readonly whyLost: () => string
}

/** Gives a command its input, and waits. @returns its standard output. @throws CommandFailed */
export async function runToEnd(
  host: string,
  argv: readonly string[],
  { process, stdin, stdout, stop, whyLost }: Running,
  { input, timeoutMs = RUN_MS }: RunOptions,
): Promise<string> {
  const chunks: Buffer[] = []
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  stdin.end(input)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs)
  })
  const end = await Promise.race([process.ended, late])
  clearTimeout(timer)
  const failed = (exitCode: number | null, why?: string) =>
    new CommandFailed(host, argv, {
      exitCode,
      stderr: process.stderr(),
      ...(why === undefined ? {} : { why }),
    })
  if (end === 'late') {
    const error = failed(null, `no end after ${timeoutMs} ms`)
    stop()
    throw error
  }
  if (end.exitCode === null) throw failed(null, end.signal ? `killed by ${end.signal}` : whyLost())
  if (end.exitCode !== 0) throw failed(end.exitCode)
  return Buffer.concat(chunks).toString()
}

/** Each line of a stream, without its end. */
export function eachLine(stream: Readable, listener: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) listener(line)
  })
}

/** @returns what gives the end of what has come so far. */
export function endOf(stderr: Readable): () => string {
  let kept = ''
  stderr.on('data', (chunk: Buffer) => {
    kept = (kept + chunk.toString()).slice(-STDERR_KEPT)
  })
  return () => kept
}
