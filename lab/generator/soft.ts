/**
 * The built-in generator: frames made by the agent on the generator's host, linear ones by BPF_PROG_TEST_RUN
 * (live frames, Linux 5.18), longer ones through an AF_PACKET ring; sinks in XDP on every port.
 */
import { z } from 'zod'
import { Agent } from '../remote/agent.ts'
import { AgentFailed } from '../remote/agent-failed.ts'
import { Arrivals } from '../remote/arrivals.ts'
import { Changes } from '../remote/changes.ts'
import type { Host } from '../remote/host.ts'
import { Losses } from '../remote/losses.ts'
import { Mtus } from '../remote/mtus.ts'
import { type Counters, type PortFacts, portFacts, readCounters } from '../remote/port-facts.ts'
import { wrongAt } from '../topology/invalid-topology.ts'
import type { LoadedTopology } from '../topology/load.ts'
import { kernelBytes } from '../units/frame.ts'
import { percent } from '../units/ratio.ts'
import type { Generator, Load, Mark, Offer, Sent } from './generator.ts'
import { UnderWay } from './under-way.ts'

const Received = z.object({ ports: z.record(z.string(), Arrivals) })
const Lost = z.object({ ports: z.record(z.string(), Losses) })
const SourceResult = z.object({
  sent: z.number(),
  startNs: z.number(),
  thenNs: z.number(),
  endNs: z.number(),
  heldNs: z.number(),
})
const Done = z.object({})

/** Sequence numbers that the sinks keep a bit for; opened anew for a trial that needs more. */
const CAPACITY = 1 << 20
/** One live frame is a page less its headroom and tail (net/bpf/test_run.c). */
const LONGEST_LIVE = 3400
const BURST = 16
/** As the kernel's own default, a NAPI poll (net/bpf/test_run.c): as fast as it goes, larger is no faster. */
const UNPACED_BURST = 64
/** It shares its CPU, as a rule. */
const MISSES_BY = percent(2)
const GRACE_MS = 15_000
/** Long frames on a busy machine leave more slowly than they were asked to. */
const SLOWEST_PER_SECOND = 20_000

/** Milliseconds after which a load that has not been sent is given up. */
export function sentWithinMs({ count, rate }: Pick<Load, 'count' | 'rate'>): number {
  return (count / Math.min(rate ?? SLOWEST_PER_SECOND, SLOWEST_PER_SECOND)) * 1000 + GRACE_MS
}

export interface SoftGenerator extends Generator {
  readonly kind: 'soft'
  /** The agent on the generator's host. */
  readonly agent: Agent
}

/**
 * @param cabled for each generator port, the address of the DUT's port at the other end of its cable.
 * @throws InvalidTopology when the machine lacks a port; AgentFailed, CommandFailed.
 */
export async function openSoftGenerator(
  host: Host,
  loaded: LoadedTopology,
  cabled: Readonly<Record<string, string>>,
): Promise<SoftGenerator> {
  const agent = await Agent.start(host)
  try {
    const changes = new Changes(agent)
    const ports = await resolvePorts(agent, loaded)
    const interfaces = Object.values(ports).map((port) => port.interface)
    const nameOf = new Map(Object.entries(ports).map(([name, port]) => [port.interface, name]))
    const mtus = new Mtus(changes, Object.values(ports))
    const underWay = new UnderWay()
    let capacity = 0
    const openSinks = async (count: number) => {
      if (count <= capacity) return
      capacity = Math.max(count, CAPACITY)
      await agent.request('sink_open', { ports: interfaces, capacity }, Done)
    }
    await openSinks(CAPACITY)
    return {
      kind: 'soft',
      version: (await host.run(['uname', '-r'])).trim(),
      agent,
      ports,
      cannot: {
        mix: 'the soft generator sends frames of one size in a load',
        profile: 'the soft generator sends the lab’s own frames alone: profiles are TRex’s',
      },
      missesRateBy: MISSES_BY,
      marks: 'whole',
      adapt: (load) => load,
      listen: async (mark: Mark) => {
        await openSinks(mark.count)
        await agent.request('sink_start', { ...mark }, Done)
      },
      send: (load, mark) =>
        underWay.during(() => send({ agent, ports, cabled, ownCpu: ownCpu(loaded) }, load, mark)),
      halt: () => underWay.halt(() => agent.request('source_stop', {}, Done)),
      arrivals: async () => {
        const received = await agent.request('sink_read', {}, Received)
        return Object.fromEntries(
          Object.entries(received.ports).map(([port, one]) => [nameOf.get(port)!, one]),
        )
      },
      losses: async (asked) => {
        const { ports: lost } = await agent.request('sink_losses', { ...asked }, Lost)
        return Object.fromEntries(Object.entries(lost).map(([port, one]) => [nameOf.get(port)!, one]))
      },
      // The sinks look at every frame; what they did not get, the ports' counters tell.
      finish: () => Promise.resolve(undefined),
      log: () => [],
      counters: (): Promise<Counters> => readCounters(agent, interfaces),
      setMtu: (mtu: number) => mtus.set(mtu),
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

/** One thread sends, so the first CPU is the one. Where the topology names none, the source shares one with whoever is there. */
const ownCpu = ({ topology }: LoadedTopology): number | undefined => topology.tuning?.generatorCpus?.[0]

async function resolvePorts(agent: Agent, loaded: LoadedTopology): Promise<Record<string, PortFacts>> {
  const entries = Object.entries(loaded.topology.generator.ports).map(async ([name, declared]) => {
    const facts = await portFacts(agent, declared).catch((error: unknown) => {
      if (!(error instanceof AgentFailed) || error.call !== 'port') throw error
      const key = declared.interface === undefined ? 'pci' : 'interface'
      throw wrongAt(loaded, ['generator', 'ports', name, key], `the generator has no port ${declared[key]}`)
    })
    return [name, facts] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

interface Sender {
  readonly agent: Agent
  readonly ports: Readonly<Record<string, PortFacts>>
  readonly cabled: Readonly<Record<string, string>>
  readonly ownCpu: number | undefined
}

async function send({ agent, ports, cabled, ownCpu: own }: Sender, load: Offer, mark: Mark): Promise<Sent> {
  const cpu = load.cpu ?? own
  const length = kernelBytes(load.size)
  const { sent, startNs, thenNs, endNs } = await agent.request(
    'source_run',
    {
      kind: load.frames === 'linear' && length <= LONGEST_LIVE ? 'live' : 'ring',
      interface: ports[load.from]!.interface,
      to: cabled[load.from],
      from: ports[load.from]!.mac,
      length,
      count: load.count,
      intervalNs: load.rate === undefined ? 0 : Math.round(1e9 / load.rate),
      signature: mark.signature,
      flows: mark.flows,
      first: load.first ?? 0,
      stride: 1,
      stampMask: mark.stampMask,
      batch: load.burst ?? (load.rate === undefined ? UNPACED_BURST : BURST),
      fill: mark.verify,
      ...(cpu === undefined ? {} : { cpu }),
      ahead: cpu !== undefined && cpu === own,
      ...(load.then === undefined
        ? {}
        : { thenAfter: load.then.after, thenIntervalNs: Math.round(1e9 / load.then.rate) }),
    },
    SourceResult,
    sentWithinMs(load),
  )
  return {
    offered: sent,
    durationNs: Math.max(endNs - startNs, 1),
    ...(thenNs > 0 ? { thenDurationNs: Math.max(endNs - thenNs, 1) } : {}),
  }
}
