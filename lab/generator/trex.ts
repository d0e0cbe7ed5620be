/**
 * TRex in stateless mode as the generator: driven by its own Python client, its server started for the lab or found
 * running. It counts what it sends and receives, and looks into no frame: what it cannot tell is said with each trial.
 */
import { Agent } from '../remote/agent.ts'
import { Changes } from '../remote/changes.ts'
import { Closing } from '../remote/closing.ts'
import type { Host } from '../remote/host.ts'
import { Unsupported } from '../remote/unsupported.ts'
import type { LoadedTopology } from '../topology/load.ts'
import type { Topology } from '../topology/schema.ts'
import type { Generator } from './generator.ts'
import { TrexClient } from './trex/client.ts'
import { EVENT_PORT, planServer, RPC_PORT } from './trex/config.ts'
import { type Parts, Trex, type TrexGenerator } from './trex/driven-trex.ts'
import { copiedLibrary, findPython, localLibrary } from './trex/library.ts'
import { ownName } from './trex/owner.ts'
import { findKernelPorts } from './trex/ports.ts'
import { Connected, Done } from './trex/replies.ts'
import { lifeOf, startServer, type TrexServer } from './trex/server.ts'
import { openTunnel } from './trex/tunnel.ts'

export type { TrexGenerator }

export const isTrex = (generator: Generator): generator is TrexGenerator => generator.kind === 'trex'

type TrexTopology = Extract<Topology['generator'], { kind: 'trex' }>

const CONNECT_MS = 20_000

export interface TrexOptions {
  /** Takes ports that somebody else holds. */
  readonly takeOver?: boolean | undefined
}

/**
 * @param cabled for each generator port, the address of the DUT's port at the other end of its cable.
 * @throws InvalidTopology, GeneratorError, AgentFailed, CommandFailed; nothing is left behind then.
 */
export async function openTrexGenerator(
  host: Host,
  loaded: LoadedTopology,
  cabled: Readonly<Record<string, string>>,
  { takeOver = false }: TrexOptions = {},
): Promise<TrexGenerator> {
  const topology = loaded.topology.generator as TrexTopology
  const installation = topology.path ?? process.env['TREX_DIR']
  if (installation === undefined)
    throw new Unsupported(
      'a generator of kind trex',
      'no installation of TRex is named: say `path` in the topology, or set TREX_DIR to the folder of an unpacked release',
    )
  const closing = new Closing()
  try {
    const agent = await Agent.start(host)
    closing.later(() => agent.stop())
    const changes = new Changes(agent)
    closing.later(() => changes.undo())
    const kernelPorts = await findKernelPorts(agent, loaded)
    const ports = { rpc: topology.rpcPort ?? RPC_PORT, events: topology.eventPort ?? EVENT_PORT }
    const tunnel = await openTunnel(host, [ports.rpc, ports.events])
    closing.later(() => tunnel.close())
    // Importing the library takes as long as starting the server.
    const [server, client] = await bothOrNone(
      startOwn(host, changes, installation, loaded, { cabled, kernelPorts, agent, ports }),
      (async () =>
        TrexClient.start({
          python: await findPython(),
          library: await (topology.host === 'namespace'
            ? localLibrary(installation)
            : copiedLibrary(host, installation)),
          user: ownName(),
          rpc: tunnel.addresses[ports.rpc]!,
          events: tunnel.addresses[ports.events]!,
        }))(),
      (own) => own?.stop(),
      (own) => own.close(),
    )
    if (server) closing.later(() => server.stop())
    closing.later(() => client.close())
    client.watch(await lifeOf(host))
    const connected = await client.call('connect', {}, Connected, CONNECT_MS)
    const generator = new Trex({
      agent,
      changes,
      client,
      server,
      loaded,
      cabled,
      kernelPorts,
      connected,
      close: closing.close,
    })
    await generator.acquire(takeOver)
    closing.later(() =>
      client.call('close', {}, Done).then(
        () => undefined,
        () => undefined,
      ),
    )
    return generator
  } catch (error) {
    await closing.close().catch(() => undefined)
    throw error
  }
}

/** A server of the lab's own, unless the topology names one that runs already. */
async function startOwn(
  host: Host,
  changes: Changes,
  installation: string,
  { topology }: LoadedTopology,
  {
    cabled,
    kernelPorts,
    agent,
    ports,
  }: Pick<Parts, 'cabled' | 'kernelPorts' | 'agent'> & { ports: TcpPorts },
): Promise<TrexServer | undefined> {
  const generator = topology.generator as TrexTopology
  if (generator.server === 'attach') return undefined
  const planned = Object.entries(generator.ports).map(([name, port]) => ({
    device: port.interface ?? port.pci!,
    mac: kernelPorts[name]?.mac,
    peer: cabled[name],
  }))
  const { cpus } = await agent.hello()
  const prefix = `redirect-lab-${process.pid}`
  const { config, cores } = planServer(generator, topology.tuning?.generatorCpus, planned, cpus, prefix)
  return startServer(host, changes, {
    installation,
    config,
    cores,
    rpcPort: ports.rpc,
    eventPort: ports.events,
    shield: generator.host !== 'namespace',
  })
}

/** Both, or the first failure once the other has been ended again. */
async function bothOrNone<A, B>(
  one: Promise<A>,
  other: Promise<B>,
  endOne: (one: A) => Promise<void> | undefined,
  endOther: (other: B) => Promise<void>,
): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([one, other])
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value]
  if (a.status === 'fulfilled') await endOne(a.value)
  if (b.status === 'fulfilled') await endOther(b.value)
  throw a.status === 'rejected' ? a.reason : (b as PromiseRejectedResult).reason
}

interface TcpPorts {
  readonly rpc: number
  readonly events: number
}
