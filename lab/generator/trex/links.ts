/**
 * Links of the ports that take part in a load. One that goes down meanwhile spoils the trial; one that was down before
 * is what the trial is about. Of the kernel's ports the kernel is asked: TRex notices a change up to a second later.
 */
import type { Agent } from '../../remote/agent.ts'
import type { PortFacts } from '../../remote/port-facts.ts'

export class Links {
  readonly #agent: Agent
  readonly #ofKernel: readonly (readonly [name: string, port: PortFacts])[]
  readonly #downsBefore: readonly number[]
  readonly #up: ReadonlySet<string>
  readonly #down = new Set<string>()

  private constructor(
    agent: Agent,
    ofKernel: readonly (readonly [string, PortFacts])[],
    downsBefore: readonly number[],
    up: ReadonlySet<string>,
  ) {
    this.#agent = agent
    this.#ofKernel = ofKernel
    this.#downsBefore = downsBefore
    this.#up = up
  }

  /**
   * Before a load.
   * @param names of the ports that take part in it.
   * @param up those that TRex calls up.
   */
  static async watch(
    agent: Agent,
    kernelPorts: Readonly<Record<string, PortFacts>>,
    names: readonly string[],
    up: readonly string[],
  ): Promise<Links> {
    const ofKernel = Object.entries(kernelPorts).filter(([name]) => names.includes(name))
    const others = up.filter((name) => names.includes(name) && !(name in kernelPorts))
    return new Links(agent, ofKernel, await downs(agent, ofKernel), new Set(others))
  }

  /** What TRex says of a port in the middle of the load. */
  see(name: string, up: boolean): void {
    if (!up && this.#up.has(name)) this.#down.add(name)
  }

  /** After it: names of those that went down. */
  async wentDown(): Promise<string[]> {
    const after = await downs(this.#agent, this.#ofKernel)
    const ofKernel = this.#ofKernel.filter((_, index) => after[index] !== this.#downsBefore[index])
    return [...ofKernel.map(([name]) => name), ...this.#down]
  }
}

/** How often each has gone down so far (net/core/net-sysfs.c). */
async function downs(
  agent: Agent,
  ports: readonly (readonly [string, PortFacts])[],
): Promise<readonly number[]> {
  if (ports.length === 0) return []
  const files = ports.map(([, { interface: name }]) => `/sys/class/net/${name}/carrier_down_count`)
  return (await agent.host.run(['cat', ...files])).trim().split('\n').map(Number)
}
