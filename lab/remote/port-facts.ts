/** What a machine says of one of its ports. */
import { z } from 'zod'
import type { Agent } from './agent.ts'

export const PortFacts = z.object({
  interface: z.string(),
  ifindex: z.number(),
  mac: z.string(),
  mtu: z.number(),
  up: z.boolean(),
  carrier: z.boolean(),
  driver: z.string(),
  firmware: z.string(),
  bus: z.string(),
  rxQueues: z.number(),
  txQueues: z.number(),
  /** -1 where the driver does not say. */
  speedMbps: z.number(),
})
export type PortFacts = z.infer<typeof PortFacts>

/** @throws AgentFailed with errno ENODEV when the machine has no such port. */
export function portFacts(
  agent: Agent,
  port: { interface?: string | undefined; pci?: string | undefined },
): Promise<PortFacts> {
  const args = port.interface === undefined ? { pci: port.pci } : { interface: port.interface }
  return agent.request('port', args, PortFacts)
}

const Counters = z.object({ ports: z.record(z.string(), z.record(z.string(), z.string())) })
/** Counters by port and name. Kernel counters are 64 bits wide. */
export type Counters = Readonly<Record<string, Readonly<Record<string, bigint>>>>

/** Everything that `ethtool -S` and the link statistics (`link.*`) of these interfaces count. */
export async function readCounters(agent: Agent, interfaces: readonly string[]): Promise<Counters> {
  const { ports } = await agent.request('counters', { ports: interfaces }, Counters)
  return Object.fromEntries(
    Object.entries(ports).map(([port, counters]) => [
      port,
      Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, BigInt(value)])),
    ]),
  )
}

/** Counters that moved, by how much. */
export function countersMoved(before: Counters, after: Counters): Record<string, Record<string, number>> {
  const moved: Record<string, Record<string, number>> = {}
  for (const [port, counters] of Object.entries(after)) {
    const changes = Object.entries(counters)
      .map(([name, value]) => [name, Number(value - (before[port]?.[name] ?? 0n))] as const)
      .filter(([, change]) => change !== 0)
    moved[port] = Object.fromEntries(changes)
  }
  return moved
}
