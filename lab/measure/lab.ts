/** An opened topology: hosts connected, ports resolved, exclusive for as long as it is open. */
import { hostname, userInfo } from 'node:os'
import { z } from 'zod'
import { type Dut, openDut } from '../dut/dut.ts'
import { applyTuning } from '../dut/tuning.ts'
import { Collector } from '../evidence/collector.ts'
import { type Environment, readEnvironment } from '../evidence/environment.ts'
import { ceilingsFile, type Ceilings, readCeilings } from './ceiling.ts'
import type { Generator } from '../generator/generator.ts'
import { openSoftGenerator } from '../generator/soft.ts'
import { openTrexGenerator, type TrexOptions } from '../generator/trex.ts'
import type { Hosts } from '../provider/hosts.ts'
import { openHosts } from '../provider/open-hosts.ts'
import type { Agent } from '../remote/agent.ts'
import { Closing } from '../remote/closing.ts'
import { Mtus } from '../remote/mtus.ts'
import type { LoadedTopology } from '../topology/load.ts'
import { peerOf } from '../topology/ports.ts'

export interface Lab {
  readonly loaded: LoadedTopology
  readonly hosts: Hosts
  readonly dut: Dut
  readonly generator: Generator
  readonly collector: Collector
  readonly environment: Environment
  /** Name of the generator's port that is cabled to a DUT port, by the DUT port's role. */
  readonly cables: Readonly<Record<string, string>>
  /** What the generator was seen to do by itself; undefined when it was not tried. */
  readonly ceilings: Ceilings | undefined
  /** MTU in bytes of every port of the bed. */
  setMtu(mtu: number): Promise<void>
  /** Puts everything back. @throws DirtyMachine when something could not be. */
  close(): Promise<void>
}

/** @throws InvalidTopology, Unreachable, Unsupported, CommandFailed, AgentFailed; nothing is left behind then. */
export async function openLab(loaded: LoadedTopology, options: TrexOptions = {}): Promise<Lab> {
  const { topology } = loaded
  const closing = new Closing()
  try {
    const hosts = await openHosts(topology)
    closing.later(() => hosts.close())
    const dut = await openDut(hosts.dut, loaded)
    closing.later(() => dut.close())
    await lease(dut.agent)
    const roles = Object.keys(dut.ports)
    const cables = Object.fromEntries(
      roles
        .map((role) => [role, peerOf(topology, `dut.${role}`)?.slice('generator.'.length)] as const)
        .filter(([, name]) => name !== undefined),
    ) as Record<string, string>
    cables['egress'] ??= cables['ingress']!
    const macs = Object.fromEntries(
      Object.entries(cables).map(([role, name]) => [name, dut.ports[role]!.mac]),
    )
    const watched = {
      agent: dut.agent,
      changes: dut.changes,
      interfaces: unique(roles.map((role) => dut.ports[role]!.interface)),
      ifindexes: unique(roles.map((role) => dut.ports[role]!.ifindex)),
    }
    const [generator, collector] = await Promise.all([
      openGenerator(hosts, loaded, macs, options).then((one) => {
        closing.later(() => one.close())
        return one
      }),
      Collector.open(watched),
    ])
    // Not waited for: the kernel takes most of a second to detach them, and nobody listens to them any more.
    closing.later(() => {
      collector.stop().catch(() => undefined)
      return Promise.resolve()
    })
    await applyTuning(dut, topology.tuning)
    const interfaces = Object.fromEntries(roles.map((role) => [role, dut.ports[role]!.interface]))
    const environment = await readEnvironment(hosts.dut, interfaces)
    const mtus = new Mtus(
      dut.changes,
      watched.interfaces.map((name) => Object.values(dut.ports).find((port) => port.interface === name)!),
    )
    const setMtu = async (mtu: number) => {
      await Promise.all([mtus.set(mtu), generator.setMtu(mtu)])
    }
    const ceilings = await readCeilings(ceilingsFile(topology.name), `${generator.kind} ${generator.version}`)
    return {
      ceilings,
      loaded,
      hosts,
      dut,
      generator,
      collector,
      environment,
      cables,
      setMtu,
      close: closing.close,
    }
  } catch (error) {
    await closing.close().catch(() => undefined)
    throw error
  }
}

function openGenerator(
  hosts: Hosts,
  loaded: LoadedTopology,
  macs: Record<string, string>,
  options: TrexOptions,
): Promise<Generator> {
  const { generator } = loaded.topology
  return generator.kind === 'trex'
    ? openTrexGenerator(hosts.generator, loaded, macs, options)
    : openSoftGenerator(hosts.generator, loaded, macs)
}

/** One lab at a time has a DUT. The agent holds the lease, and it ends with the agent. */
async function lease(agent: Agent): Promise<void> {
  const holder = `${userInfo().username}@${hostname()} (process ${process.pid})`
  await agent.request('lease', { holder }, z.object({}))
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]
