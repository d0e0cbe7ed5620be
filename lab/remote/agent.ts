/**
 * The conversation with the agent on a machine: one JSON line each way. What the agent holds there ends with
 * this conversation, however it ends.
 */
import { z } from 'zod'
import { AgentFailed } from './agent-failed.ts'
import { agentPath } from './agent-binary.ts'
import { jsonOrNothing } from './json-or-nothing.ts'
import type { Host, RemoteProcess } from './host.ts'

const ANSWER_MS = 10_000
/** The agent counts a controller that was silent for 30 s as gone. */
const PING_MS = 8_000

const Reply = z.union([
  z.object({ id: z.number(), ok: z.literal(true), result: z.unknown() }),
  z.object({
    id: z.number().nullable(),
    ok: z.literal(false),
    error: z.object({ what: z.string(), errno: z.number(), message: z.string(), log: z.string().optional() }),
  }),
])

const Hello = z.object({ kernel: z.string(), machine: z.string(), pid: z.number(), cpus: z.number() })

interface Waiting {
  readonly op: string
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export class Agent {
  readonly host: Host
  /** Resolves to the reason when the agent is gone, whoever ended it. Never rejects. */
  readonly gone: Promise<AgentFailed>
  readonly #process: RemoteProcess
  readonly #waiting = new Map<number, Waiting>()
  readonly #pinging: NodeJS.Timeout
  #lastId = 0
  #gone: AgentFailed | undefined
  #tellGone!: (why: AgentFailed) => void

  private constructor(host: Host, process: RemoteProcess) {
    this.host = host
    this.#process = process
    this.gone = new Promise((resolve) => (this.#tellGone = resolve))
    process.onLine((line) => this.#hear(line))
    void process.ended.then(({ exitCode, signal }) => {
      const how = signal
        ? `killed by ${signal}`
        : exitCode === null
          ? 'the connection was lost'
          : `exit code ${exitCode}`
      this.#end(`the agent is gone (${how})${process.stderr() ? `: ${process.stderr().trim()}` : ''}`)
    })
    this.#pinging = setInterval(
      () => void this.request('ping', {}, z.unknown()).catch(() => undefined),
      PING_MS,
    )
    this.#pinging.unref()
  }

  /** Puts the agent on the machine if it is not there yet, and starts it. @throws AgentFailed, CommandFailed */
  static async start(host: Host): Promise<Agent> {
    const agent = new Agent(host, await host.start([await agentPath(host), 'serve']))
    await agent.hello().catch(async (error: unknown) => {
      await agent.stop()
      throw error
    })
    return agent
  }

  hello(): Promise<z.infer<typeof Hello>> {
    return this.request('hello', {}, Hello)
  }

  /**
   * @param timeoutMs how long the answer may take; operations that send frames take as long as the frames do.
   * @throws AgentFailed when the operation failed, the answer has the wrong shape, or none came.
   */
  request<T>(
    op: string,
    args: Readonly<Record<string, unknown>>,
    result: z.ZodType<T>,
    timeoutMs = ANSWER_MS,
  ): Promise<T> {
    if (this.#gone) return Promise.reject(this.#gone)
    const id = ++this.#lastId
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(this.#failed(op, `no answer after ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiting.set(id, {
        op,
        resolve: (value) => {
          clearTimeout(timer)
          const parsed = result.safeParse(value)
          if (parsed.success) resolve(parsed.data)
          else reject(this.#failed(op, `an answer of the wrong shape: ${z.prettifyError(parsed.error)}`))
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      this.#process.write(`${JSON.stringify({ id, op, args })}\n`)
    })
  }

  /** The agent undoes what it was told to undo, and the kernel detaches the rest. Never throws. */
  async stop(): Promise<void> {
    clearInterval(this.#pinging)
    this.#process.end()
    await Promise.race([this.#process.ended, new Promise((resolve) => setTimeout(resolve, 5000).unref())])
  }

  #hear(line: string): void {
    const reply = Reply.safeParse(jsonOrNothing(line))
    if (!reply.success || reply.data.id === null) {
      this.#end(`it answered what is no answer: ${line.slice(0, 200)}`)
      return
    }
    const waiting = this.#waiting.get(reply.data.id)
    this.#waiting.delete(reply.data.id)
    if (!waiting) return
    if (reply.data.ok) waiting.resolve(reply.data.result)
    else waiting.reject(new AgentFailed(this.host.name, waiting.op, reply.data.error))
  }

  #failed(op: string, message: string): AgentFailed {
    return new AgentFailed(this.host.name, op, { what: 'agent', errno: 0, message })
  }

  #end(why: string): void {
    clearInterval(this.#pinging)
    this.#gone ??= this.#failed('agent', why)
    this.#tellGone(this.#gone)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failed(waiting.op, why))
    this.#waiting.clear()
  }
}
