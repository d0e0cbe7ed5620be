/**
 * An agent that runs in this process and is reached as the real one is: over SSH, by JSON lines. It makes
 * changes to its machine with real commands, and keeps the list of how to undo them.
 */
import { execFileSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ServerChannel } from 'ssh2'
import { Agent } from '../../../lab/remote/agent.ts'
import { test as base, type SshMachine } from './ssh-machine.ts'

interface Change {
  readonly what: string
  readonly argv: readonly string[]
  readonly undo: readonly string[]
}

interface Request {
  readonly id: number
  readonly op: string
  readonly args: Readonly<Record<string, unknown>>
}

export class AgentDevice {
  readonly #folder: string
  readonly #undos: Change[] = []
  #channel: ServerChannel | undefined
  #held: Request[] = []
  #dead = false

  constructor(machine: SshMachine) {
    this.#folder = machine.folder
    machine.program = (line, channel) => {
      if (!/\/agent-\w+' 'serve'$/.test(line)) return false
      this.#serve(channel)
      return true
    }
  }

  /** Sends bytes as they are. */
  say(text: string): void {
    this.#channel!.write(text)
  }

  /** Answers what it was asked to `hold`, the latest first. */
  answerHeld(): void {
    for (const { id, args } of this.#held.splice(0).toReversed()) this.#ok(id, args['value'])
  }

  get held(): number {
    return this.#held.length
  }

  /** Ends as a process does, with its last words; its list of undos goes with it. */
  die(words: string, how: number | 'SEGV' = 1): void {
    const channel = this.#channel!
    this.#dead = true
    channel.stderr.write(words, () => {
      if (how === 'SEGV') channel.exit(how, true, '')
      else channel.exit(how)
      channel.close()
    })
  }

  #serve(channel: ServerChannel): void {
    this.#channel = channel
    createInterface(channel).on('line', (line) => this.#answer(JSON.parse(line) as Request))
    channel.on('end', () => {
      channel.exit(0)
      channel.close()
    })
  }

  #answer(request: Request): void {
    if (this.#dead) return
    const { id, op, args } = request
    switch (op) {
      case 'hello':
        this.#ok(id, { kernel: '6.18.0', machine: 'x86_64', pid: 4711, cpus: 2 })
        break
      case 'ping':
        this.#ok(id, {})
        break
      case 'echo':
        this.#ok(id, args['value'])
        break
      case 'hold':
        this.#held.push(request)
        break
      case 'change':
        this.#change(id, args as unknown as Change)
        break
      case 'undo_run':
        this.#undo(id)
        break
      case 'bulks_open':
        this.#failed(id, 'bulks', 'the observer of bulks (it needs CONFIG_DEBUG_INFO_BTF): No such file')
        break
      default:
        this.#failed(id, 'op', `no operation ${op}`)
    }
  }

  #change(id: number, change: Change): void {
    this.#undos.push(change)
    const error = this.#run(change.argv)
    if (error === undefined) this.#ok(id, {})
    else this.#failed(id, change.argv[0]!, error)
  }

  #undo(id: number): void {
    const undone = this.#undos
      .splice(0)
      .toReversed()
      .map(({ what, undo }) => {
        const error = this.#run(undo)
        return { what, ok: error === undefined, ...(error === undefined ? {} : { error }) }
      })
    this.#ok(id, { undone })
  }

  #run([command, ...args]: readonly string[]): string | undefined {
    try {
      execFileSync(command!, args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] })
      return undefined
    } catch (error) {
      return (error as { stderr?: Buffer }).stderr?.toString().trim() ?? String(error)
    }
  }

  #ok(id: number, result: unknown): void {
    this.say(`${JSON.stringify({ id, ok: true, result })}\n`)
  }

  #failed(id: number, what: string, message: string): void {
    this.say(
      `${JSON.stringify({ id, ok: false, error: { what, errno: 22, message, log: 'last words\n' } })}\n`,
    )
  }
}

export const test = base.extend<{ device: AgentDevice; agent: Agent }>({
  // There before the agent is started, asked for or not.
  device: [async ({ machine }, use) => use(new AgentDevice(machine)), { auto: true }],
  agent: async ({ host }, use) => {
    const agent = await Agent.start(host)
    await use(agent)
    await agent.stop()
  },
})
