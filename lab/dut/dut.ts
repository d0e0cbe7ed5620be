/** The device under test: its agent, its ports, and every change made to it. */
import { Agent } from '../remote/agent.ts'
import { AgentFailed } from '../remote/agent-failed.ts'
import { Changes } from '../remote/changes.ts'
import type { Host } from '../remote/host.ts'
import { type PortFacts, portFacts } from '../remote/port-facts.ts'
import { wrongAt } from '../topology/invalid-topology.ts'
import type { LoadedTopology } from '../topology/load.ts'

export interface Dut {
  readonly host: Host
  readonly agent: Agent
  readonly changes: Changes
  /** By role. A topology with one NIC has the same port as `ingress` and `egress`. */
  readonly ports: Readonly<Record<string, PortFacts>>
  readonly kernel: string
  readonly cpus: number
  /** Undoes every change. @throws DirtyMachine */
  close(): Promise<void>
}

/** @throws InvalidTopology when the machine is not what the topology says; AgentFailed, CommandFailed. */
export async function openDut(host: Host, loaded: LoadedTopology): Promise<Dut> {
  const agent = await Agent.start(host)
  try {
    const { kernel, cpus } = await agent.hello()
    const named = await Promise.all(
      Object.keys(loaded.topology.dut.ports).map(
        async (role) => [role, await resolve(agent, loaded, role)] as const,
      ),
    )
    const ports: Record<string, PortFacts> = Object.fromEntries(named)
    ports['egress'] ??= ports['ingress']!
    const changes = new Changes(agent)
    return {
      host,
      agent,
      changes,
      ports,
      kernel,
      cpus,
      close: async () => {
        try {
          await changes.undo()
        } finally {
          await agent.stop()
        }
      },
    }
  } catch (error) {
    await agent.stop()
    throw error
  }
}

async function resolve(agent: Agent, loaded: LoadedTopology, role: string): Promise<PortFacts> {
  const declared = loaded.topology.dut.ports[role]!
  const place = ['dut', 'ports', role]
  const facts = await portFacts(agent, declared).catch((error: unknown) => {
    if (!(error instanceof AgentFailed) || error.call !== 'port') throw error
    const key = declared.interface === undefined ? 'pci' : 'interface'
    throw wrongAt(
      loaded,
      [...place, key],
      `the DUT has no port ${declared[key]}; \`lab doctor\` lists what it has`,
    )
  })
  if (declared.driver !== undefined && declared.driver !== facts.driver)
    throw wrongAt(
      loaded,
      [...place, 'driver'],
      `the DUT's ${facts.interface} is driven by ${facts.driver}, not ${declared.driver}`,
    )
  if (declared.queues !== undefined && declared.queues > facts.rxQueues)
    throw wrongAt(
      loaded,
      [...place, 'queues'],
      `the DUT's ${facts.interface} has ${facts.rxQueues} receive queues, not ${declared.queues}`,
    )
  return facts
}
