/** The generator's ports as the topology names them: those that the kernel has, and those that TRex alone has. */
import type { Agent } from '../../remote/agent.ts'
import { AgentFailed } from '../../remote/agent-failed.ts'
import { type PortFacts, portFacts } from '../../remote/port-facts.ts'
import { wrongAt } from '../../topology/invalid-topology.ts'
import type { LoadedTopology } from '../../topology/load.ts'
import type { Connected } from './replies.ts'

/** Ports that the kernel has, by name; those that it has let go are TRex's alone. @throws InvalidTopology */
export async function findKernelPorts(
  agent: Agent,
  loaded: LoadedTopology,
): Promise<Record<string, PortFacts>> {
  const entries = Object.entries(loaded.topology.generator.ports).filter(
    ([, port]) => port.interface !== undefined,
  )
  const found = entries.map(async ([name, declared]) => {
    const facts = await portFacts(agent, declared).catch((error: unknown) => {
      if (!(error instanceof AgentFailed) || error.call !== 'port') throw error
      throw wrongAt(
        loaded,
        ['generator', 'ports', name, 'interface'],
        `the generator has no port ${declared.interface}`,
      )
    })
    return [name, facts] as const
  })
  return Object.fromEntries(await Promise.all(found))
}

/** TRex's own numbers of the ports. @throws InvalidTopology when it lacks one. */
export function indexesOf(
  loaded: LoadedTopology,
  kernelPorts: Readonly<Record<string, PortFacts>>,
  { ports }: Connected,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(loaded.topology.generator.ports).map(([name, { pci }]) => {
      const found = ports.find(({ mac, address }) =>
        pci === undefined ? mac === kernelPorts[name]!.mac : address === pci,
      )
      if (!found)
        throw wrongAt(
          loaded,
          ['generator', 'ports', name],
          `the TRex server has no such port, only ${ports.map(({ address, mac }) => `${address} ${mac}`).join(', ')}`,
        )
      return [name, found.index]
    }),
  )
}

export function factsOf(pci: string, { ports }: Connected, index: number): PortFacts {
  const { mac, driver, gbps, up } = ports.find((port) => port.index === index)!
  return {
    interface: pci,
    ifindex: 0,
    mac,
    mtu: 9216,
    up,
    carrier: up,
    driver,
    firmware: '',
    bus: pci,
    rxQueues: 1,
    txQueues: 1,
    speedMbps: gbps * 1000,
  }
}
