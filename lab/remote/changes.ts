/**
 * Changes to a machine, each undone in the end. The agent keeps the list of undos too and runs it when the
 * controller is gone; it notes the undo before it makes the change.
 */
import { z } from 'zod'
import type { Agent } from './agent.ts'

const UNDO_MS = 30_000
const Undone = z.object({
  undone: z.array(z.object({ what: z.string(), ok: z.boolean(), error: z.string().optional() })),
})

/** An undo failed: the machine is not as it was found, and no result from it can be trusted. */
export class DirtyMachine extends Error {
  override readonly name = 'DirtyMachine'
}

export interface Change {
  readonly what: string
  readonly argv: readonly string[]
  readonly undo: readonly string[]
  readonly undone?: () => void
}

interface Undo {
  readonly what: string
  readonly argv: readonly string[]
  readonly undone: (() => void) | undefined
}

export class Changes {
  readonly #agent: Agent
  readonly #undos: Undo[] = []
  #dirty: DirtyMachine | undefined

  constructor(agent: Agent) {
    this.#agent = agent
  }

  /**
   * @param what in words, for messages: `MTU of d0`.
   * @param change.undo a command that is right to run even if the change was never made: it sets the old value.
   * @param change.undone called once it is undone, for whoever remembers the change.
   * @throws AgentFailed when the command failed, DirtyMachine after an earlier undo failed.
   */
  async make({ undone, ...change }: Change): Promise<void> {
    if (this.#dirty) throw this.#dirty
    this.#undos.push({ what: change.what, argv: change.undo, undone })
    await this.#agent.request('change', { ...change }, z.object({}), UNDO_MS)
  }

  /** How many changes stand: what `undo` may be told to keep. */
  get count(): number {
    return this.#undos.length
  }

  /**
   * Last in, first out, past failures.
   * @param kept so many of the first changes stay.
   * @throws DirtyMachine naming every undo that failed.
   */
  async undo(kept = 0): Promise<void> {
    const undos = this.#undos.splice(kept)
    if (this.#dirty) throw this.#dirty
    if (undos.length === 0) return
    const failures = await this.#byAgent(kept).catch(() => this.#byHand(undos))
    for (const { undone } of undos.toReversed()) undone?.()
    if (failures.length === 0) return
    this.#dirty = new DirtyMachine(
      `${this.#agent.host.name} is not as it was found, put it right by hand:\n${failures.map((line) => `  ${line}`).join('\n')}`,
    )
    throw this.#dirty
  }

  async #byAgent(kept: number): Promise<string[]> {
    const { undone } = await this.#agent.request('undo_run', { kept }, Undone, UNDO_MS)
    return undone.filter(({ ok }) => !ok).map(({ what, error }) => `${what}: ${error ?? 'failed'}`)
  }

  /** The agent was killed, and its list with it, but the machine can still be reached. */
  async #byHand(undos: readonly Undo[]): Promise<string[]> {
    const failures: string[] = []
    for (const { what, argv } of undos.toReversed())
      await this.#agent.host
        .run(argv)
        .catch((error: unknown) => failures.push(`${what}: ${(error as Error).message}`))
    return failures
  }
}
