/**
 * The conversation with TRex's Python client, which runs in a process of its own (client.py): one JSON line each way.
 * The library ends its own process when it is cross, and evicts other packages: nobody else can live with it.
 */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { eachLine, endOf } from '../../remote/run-to-end.ts'
import { explained } from './errors.ts'
import { jsonOrNothing } from '../../remote/json-or-nothing.ts'
import { GeneratorError } from '../generator-error.ts'
import { Done, Hello } from './replies.ts'

const CLIENT = fileURLToPath(new URL('client.py', import.meta.url))

/** The library waits for an answer four times as long. Whether the server is dead is found out here, and sooner. */
const RPC_TIMEOUT_S = 2.5
const PING_MS = 400
/** After so long without an answer the server's process is looked at: it may be starved of its CPU and no more. */
const SILENT_MS = 700
/** Where its process cannot be looked at, a server is dead after so long. */
const DEAD_MS = 1_800
const LOOK_MS = 200
/** A server that lives is given so long. */
const ANSWER_MS = 10_000
/** Importing the library takes 1.0 to 1.5 s, more on a busy machine. */
const START_MS = 20_000
const CLOSE_MS = 1_000

const Reply = z.union([
  z.object({ id: z.number(), ok: z.literal(true), result: z.unknown() }),
  z.object({
    id: z.number(),
    ok: z.literal(false),
    error: z.object({ kind: z.string(), message: z.string() }),
  }),
])

interface Waiting {
  readonly op: string
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export interface ClientOptions {
  /** Path of a Python 3.6 to 3.12. */
  readonly python: string
  /** Folder that holds the package `trex`. */
  readonly library: string
  /** Name under which ports are held. */
  readonly user: string
  /** Addresses of ZeroMQ. */
  readonly rpc: string
  readonly events: string
}

export class TrexClient {
  /** Resolves to the reason when the server no longer answers, or the client has ended. Never rejects. */
  readonly gone: Promise<GeneratorError>
  readonly #process: ReturnType<typeof launch>
  readonly #stderr: () => string
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  /** When the oldest question was asked that has no answer yet. */
  #heard = performance.now()
  readonly #timers: NodeJS.Timeout[] = []
  #gone: GeneratorError | undefined
  #tellGone!: (why: GeneratorError) => void

  private constructor(options: ClientOptions) {
    this.gone = new Promise((resolve) => (this.#tellGone = resolve))
    this.#process = launch(options)
    this.#stderr = endOf(this.#process.stderr)
    this.#process.stdin.on('error', () => undefined)
    eachLine(this.#process.stdout, (line) => this.#hear(line))
    void this.#process.then(({ exitCode, signal, cause }) => {
      const how = signal
        ? `killed by ${signal}`
        : exitCode === undefined
          ? String(cause)
          : `exit code ${exitCode}`
      this.#end(
        new GeneratorError(
          `TRex’s Python client has ended (${how})`,
          this.#stderr().trim() || 'See whether it runs by itself: python3 -c "import trex.stl".',
        ),
      )
    })
  }

  /** @throws GeneratorError when the Python cannot run TRex's library, or the library is not all there. */
  static async start(options: ClientOptions): Promise<TrexClient> {
    const client = new TrexClient(options)
    const hello = new Promise((resolve, reject) => client.#waiting.set(0, { op: 'start', resolve, reject }))
    try {
      await client.#within(START_MS, 'start', hello, Hello)
      return client
    } catch (error) {
      await client.close()
      throw error
    }
  }

  /**
   * Asks the server every now and then, so that its death is noticed between calls too.
   * @param alive whether its process is there and runs; undefined where that is not known. Never rejects.
   */
  watch(alive: () => Promise<boolean | undefined>): void {
    this.#heard = performance.now()
    const pinging = setInterval(() => {
      if (this.#waiting.size === 0) this.call('ping', {}, Done).catch(() => undefined)
    }, PING_MS)
    let looking = false
    const looks = setInterval(() => {
      const silentMs = performance.now() - this.#heard
      if (looking || this.#waiting.size === 0 || silentMs < SILENT_MS) return
      looking = true
      void alive().then((lives) => {
        looking = false
        if (lives === true && silentMs < ANSWER_MS) return
        if (lives === undefined && silentMs < DEAD_MS) return
        // It may have answered meanwhile.
        if (performance.now() - this.#heard >= silentMs)
          this.#end(
            explained('ping', { kind: 'Silence', message: `no answer for ${Math.round(silentMs)} ms` }),
          )
      })
    }, LOOK_MS)
    this.#timers.push(pinging, looks)
    for (const timer of this.#timers) timer.unref()
  }

  /**
   * @param timeoutMs after which the answer is no longer waited for.
   * @throws GeneratorError in the lab's words for what TRex said; its own where there are none.
   */
  call<T>(
    op: string,
    args: Readonly<Record<string, unknown>>,
    result: z.ZodType<T>,
    timeoutMs = ANSWER_MS,
  ): Promise<T> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#lastId
    if (this.#waiting.size === 0) this.#heard = performance.now()
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { op, resolve, reject }))
    this.#process.stdin.write(`${JSON.stringify({ id, op, args })}\n`)
    return this.#within(timeoutMs, op, answer, result)
  }

  /** Never throws. One that waits for a server that is gone has nothing more to do. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#process.stdin.end()
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), this.#gone ? 0 : CLOSE_MS)
    await this.#process
    clearTimeout(timer)
  }

  async #within<T>(ms: number, op: string, answer: Promise<unknown>, result: z.ZodType<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(explained(op, { kind: 'Silence', message: `no answer for ${ms} ms` })),
        ms,
      )
    })
    try {
      const parsed = result.safeParse(await Promise.race([answer, late]))
      if (parsed.success) return parsed.data
      throw new GeneratorError(
        `TRex answered '${op}' in a shape that this version does not know: ${z.prettifyError(parsed.error)}`,
        'Is it a version other than 3.x?',
      )
    } finally {
      clearTimeout(timer)
    }
  }

  #hear(line: string): void {
    const reply = Reply.safeParse(jsonOrNothing(line))
    if (!reply.success) {
      this.#end(
        new GeneratorError(`TRex’s client wrote what is no answer: ${line.slice(0, 200)}`, this.#stderr()),
      )
      return
    }
    const waiting = this.#waiting.get(reply.data.id)
    this.#waiting.delete(reply.data.id)
    this.#heard = performance.now()
    if (!waiting) return
    if (reply.data.ok) {
      waiting.resolve(reply.data.result)
      return
    }
    const error = explained(waiting.op, reply.data.error)
    waiting.reject(error)
    if (error.dead) this.#end(error)
  }

  #end(why: GeneratorError): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#gone ??= why
    this.#tellGone(this.#gone)
    for (const { reject } of this.#waiting.values()) reject(this.#gone)
    this.#waiting.clear()
  }
}

/** In a session of its own: Ctrl-C is for the lab, which ends it in its order. */
function launch({ python, library, user, rpc, events }: ClientOptions) {
  const argv = ['-W', 'ignore', CLIENT, library, user, String(RPC_TIMEOUT_S), rpc, events]
  return execa(python, argv, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    detached: true,
    // The library's folder may be somebody else's, and is checked by its content.
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  })
}
