/**
 * TRex in stateless mode as the generator: driven by its own Python client, its server started for the lab or found
 * running. It counts what it sends and receives, and looks into no frame: what it cannot tell is said with each trial.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Agent } from '../remote/agent.ts'
import { AgentFailed } from '../remote/agent-failed.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import { Changes } from '../remote/changes.ts'
import type { Host } from '../remote/host.ts'
import { type PortFacts, portFacts, readCounters } from '../remote/port-facts.ts'
import { Mtus } from '../remote/mtus.ts'
import { Unsupported } from '../remote/unsupported.ts'
import { wrongAt } from '../topology/invalid-topology.ts'
import type { LoadedTopology } from '../topology/load.ts'
import type { Topology } from '../topology/schema.ts'
import { bitRate, type FrameKind, type FrameRate, framesPerSecond, type FrameSize } from '../units/frame.ts'
import type { Generator, Load, Mark, Offer, Sent, Untold } from './generator.ts'
import { arrivalsAt } from './trex/arrivals.ts'
import { TrexClient } from './trex/client.ts'
import { EVENT_PORT, planServer, RPC_PORT } from './trex/config.ts'
import { TrexError } from './trex/errors.ts'
import { GeneratorError } from './trex/generator-error.ts'
import { copiedLibrary, findPython, localLibrary } from './trex/library.ts'
import { isStale, ownName } from './trex/owner.ts'
import { Busy, Connected, Counts, Done, Nudged, Status } from './trex/replies.ts'
import { lifeOf, startServer, type TrexServer } from './trex/server.ts'
import { rateOn, streamsOf, type Streams, type Wire } from './trex/streams.ts'
import { strangeFrame } from './trex/test-frame.ts'
import { openTunnel } from './trex/tunnel.ts'

type TrexTopology = Extract<Topology['generator'], { kind: 'trex' }>

/** What a server on ports of the kernel keeps up with on two CPUs, with room for whatever else they do. */
const KEPT_BY_KERNEL_PORTS: Readonly<Record<FrameKind, FrameRate>> = {
  linear: framesPerSecond(50_000),
  'non-linear': framesPerSecond(20_000),
}
/** A load that asks for no rate is waited for as if it were no faster than this. */
const SLOWEST_PER_SECOND = 20_000
const LOOK_AGAIN_MS = 5
/** include/uapi/linux/if.h */
const IFF_PROMISC = 0x100
/** A trial in which the load took longer than this was not what was asked for. */
const STRETCHED_BY = 1.05
/** What starting and noticing the end take, and a stall of a busy machine. */
const STRETCHED_MS = 150
/** TRex stops by itself after so many times the load's own time, and so much more: whatever becomes of the lab. */
const STOP_AFTER = 2
const STOP_AFTER_S = 2
/** A queue that frames are held in is emptied in less. */
const NUDGES = 100
const NUDGE_MS = 10
const CONNECT_MS = 20_000
/** Beyond the time after which TRex stops by itself. */
const STOPPED_MS = 5_000

export interface TrexGenerator extends Generator {
  readonly kind: 'trex'
}

export interface TrexOptions {
  /** Takes ports that somebody else holds. */
  readonly takeOver?: boolean | undefined
}

/** The groups of one trial, and what they had counted before its first frame. */
interface Watched {
  readonly groups: readonly number[]
  readonly size: FrameSize
  readonly before: Counts
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
  const undo: (() => Promise<void>)[] = []
  const close = async () => {
    let first: unknown
    for (const step of undo.splice(0).toReversed()) await step().catch((error: unknown) => (first ??= error))
    if (first !== undefined) throw first as Error
  }
  try {
    const agent = await Agent.start(host)
    undo.push(() => agent.stop())
    const changes = new Changes(agent)
    undo.push(() => changes.undo())
    const kernelPorts = await findKernelPorts(agent, loaded)
    const ports = { rpc: topology.rpcPort ?? RPC_PORT, events: topology.eventPort ?? EVENT_PORT }
    const tunnel = await openTunnel(host, [ports.rpc, ports.events])
    undo.push(() => tunnel.close())
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
    if (server) undo.push(() => server.stop())
    undo.push(() => client.close())
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
      close,
    })
    await generator.acquire(takeOver)
    undo.push(() =>
      client.call('close', {}, Done).then(
        () => undefined,
        () => undefined,
      ),
    )
    return generator
  } catch (error) {
    await close().catch(() => undefined)
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

interface Parts {
  readonly agent: Agent
  readonly changes: Changes
  readonly client: TrexClient
  readonly server: TrexServer | undefined
  readonly loaded: LoadedTopology
  readonly cabled: Readonly<Record<string, string>>
  readonly kernelPorts: Readonly<Record<string, PortFacts>>
  readonly connected: Connected
  readonly close: () => Promise<void>
}

class Trex implements TrexGenerator {
  readonly kind = 'trex'
  readonly version: string
  readonly ports: Readonly<Record<string, PortFacts>>
  readonly cannot: Generator['cannot']
  readonly marks = 'sequence'
  readonly #parts: Parts
  readonly #indexes: Readonly<Record<string, number>>
  readonly #mtus: Mtus
  readonly #user = ownName()
  #watched: Watched | undefined
  #sender: string | undefined
  #logged = 0

  constructor(parts: Parts) {
    this.#parts = parts
    const { connected, loaded, kernelPorts } = parts
    this.version = connected.version.replace(/^v/, '')
    this.#indexes = indexesOf(loaded, kernelPorts, connected)
    this.ports = Object.fromEntries(
      Object.entries(this.#indexes).map(([name, index]) => [
        name,
        kernelPorts[name] ?? factsOf(loaded.topology.generator.ports[name]!.pci!, connected, index),
      ]),
    )
    this.#mtus = new Mtus(parts.changes, Object.values(kernelPorts))
    const overKernel = Object.keys(kernelPorts).length > 0
    this.cannot = {
      cpu: 'TRex sends from the CPUs that its server was started on',
      ...(overKernel ? { burst: 'TRex hands frames to ports of the kernel one by one' } : {}),
    }
  }

  async acquire(force: boolean): Promise<void> {
    const { client, connected } = this.#parts
    const ports = Object.values(this.#indexes)
    const owners = connected.ports.filter(({ index }) => ports.includes(index)).map(({ owner }) => owner)
    const stale = owners.every((owner) => owner === '' || isStale(owner))
    const own = Object.entries(this.#indexes).filter(([name]) => !(name in this.#parts.kernelPorts))
    const promiscuous = own.map(([, index]) => index)
    const restore = await Promise.all(
      Object.values(this.#parts.kernelPorts).map((port) => this.#promiscuous(port)),
    )
    await client.call('acquire', { ports, force: force || stale, promiscuous }, Done)
    for (const set of restore) await set()
  }

  /** TRex would leave a port of the kernel promiscuous; it turns that off when it takes a port. */
  async #promiscuous({ interface: name }: PortFacts): Promise<() => Promise<void>> {
    const { agent, changes } = this.#parts
    const flags = Number(await agent.host.run(['cat', `/sys/class/net/${name}/flags`]))
    const found = (flags & IFF_PROMISC) === 0 ? 'off' : 'on'
    const set = (to: string) => ['ip', 'link', 'set', 'dev', name, 'promisc', to]
    return () => changes.make({ what: `promiscuous mode of ${name}`, argv: set('on'), undo: set(found) })
  }

  adapt(load: Load): Load {
    if (load.relaxed !== true || load.rate === undefined) return load
    const overKernel = Object.keys(this.#parts.kernelPorts).length > 0
    const most = overKernel ? KEPT_BY_KERNEL_PORTS[load.frames] : load.rate
    return { ...load, rate: framesPerSecond(Math.min(load.rate, most)) }
  }

  listen(): Promise<void> {
    this.#watched = undefined
    return Promise.resolve()
  }

  async send(load: Offer, mark: Mark): Promise<Sent> {
    const { client } = this.#parts
    const port = this.#indexes[load.from]!
    const wire = this.#wire(load.from)
    // Times are taken where all frames arrive; where they go to several ports, nobody knows how many went where.
    const streams = streamsOf(load, mark.signature, wire, load.to.length === 1)
    const all = Object.values(this.#indexes)
    await client.call('load', { port, streams: streams.streams }, Done)
    const before = await client.call('counts', { ports: all, groups: streams.groups }, Counts)
    const takenBefore = await this.#takenByKernel(load.from)
    this.#watched = { groups: streams.groups, size: load.size, before }
    this.#sender = load.from
    const seconds = load.count / (load.rate === undefined ? SLOWEST_PER_SECOND : rateOn(load, wire))
    const limit = Math.ceil(seconds * STOP_AFTER + STOP_AFTER_S)
    await client.call('start', { ports: [port], seconds: limit, multiplier: '1' }, Done)
    const began = performance.now()
    const down = await this.#untilSent(load, limit)
    const elapsedMs = performance.now() - began
    const sent = await this.#sent(streams)
    const left = await this.#emptyRing(load.from, wire, sent, takenBefore)
    const invalid = down ?? left ?? (await this.#stretched(load, seconds, elapsedMs))
    return {
      offered: sent,
      durationNs: Math.max(1, Math.round(elapsedMs * 1e6)),
      untold: untoldOf(load, streams),
      ...(invalid === undefined ? {} : { invalid }),
    }
  }

  async arrivals(): Promise<Record<string, Arrivals>> {
    const counts = await this.#counts()
    return Object.fromEntries(
      Object.entries(this.#indexes).map(([name, index]) => [
        name,
        arrivalsAt(index, this.#watched?.before ?? counts, counts, this.#watched?.size ?? MIN_SIZE),
      ]),
    )
  }

  async finish(): Promise<string | undefined> {
    const watched = this.#watched
    if (!watched || this.#sender === undefined) return undefined
    const counts = await this.#counts()
    await this.#parts.client.call('stop', { ports: [this.#indexes[this.#sender]!] }, Done)
    for (const [name, index] of Object.entries(this.#indexes)) {
      const [before, after] = [watched.before, counts].map(({ ports }) =>
        ports.find((port) => port.index === index)!,
      )
      const lost = after!.ierrors - before!.ierrors
      if (lost > 0) return `TRex lost ${lost} frames at its own port ${name}, after they had arrived`
      const unsent = after!.oerrors - before!.oerrors
      if (unsent > 0) return `TRex could not send ${unsent} frames at its port ${name}`
    }
    return undefined
  }

  log(): readonly string[] {
    const lines = this.#parts.server?.log() ?? []
    const fresh = lines.slice(Math.min(this.#logged, lines.length))
    this.#logged = lines.length
    return fresh
  }

  counters() {
    const { agent, kernelPorts } = this.#parts
    return readCounters(
      agent,
      Object.values(kernelPorts).map((port) => port.interface),
    )
  }

  /** Of ports that TRex alone has, the MTU is given when it starts. */
  setMtu(mtu: number): Promise<void> {
    // Too small a port is not told of by TRex: frames count as sent, and nothing arrives.
    return this.#mtus.set(mtu)
  }

  close(): Promise<void> {
    return this.#parts.close()
  }

  #wire(from: string): Wire {
    const { loaded, cabled, connected } = this.#parts
    const declared = loaded.topology.generator.ports[from]!.speed
    const found = connected.ports.find(({ index }) => index === this.#indexes[from])!.gbps
    return {
      from: this.ports[from]!.mac,
      to: cabled[from] ?? 'ff:ff:ff:ff:ff:ff',
      speed: declared === undefined ? bitRate(`${found}Gbps`) : bitRate(declared),
    }
  }

  /** Everything since the server started, or nothing before the first load. */
  #counts(): Promise<Counts> {
    const ports = Object.values(this.#indexes)
    return this.#alive(
      this.#parts.client.call('counts', { ports, groups: this.#watched?.groups ?? [] }, Counts),
    )
  }

  async #sent({ groups }: Streams): Promise<number> {
    const { groups: counted } = await this.#counts()
    const sum = (list: Counts['groups']) =>
      list.reduce((total, one) => total + (groups.includes(one.group) ? one.sent : 0), 0)
    return sum(counted) - sum(this.#watched!.before.groups)
  }

  /** @returns why the trial is invalid. @throws TrexError when the ports are somebody else's now. */
  async #untilSent(load: Offer, limitS: number): Promise<string | undefined> {
    const { client } = this.#parts
    const watched = [load.from, ...load.to].map((name) => this.#indexes[name]!)
    const nameOf = (index: number) => Object.entries(this.#indexes).find(([, one]) => one === index)![0]
    const end = performance.now() + limitS * 1000 + STOPPED_MS
    const down = new Set<string>()
    for (;;) {
      const { ports } = await this.#alive(client.call('status', { ports: [...new Set(watched)] }, Status))
      for (const { index, owner, up } of ports) {
        if (owner !== this.#user)
          throw new TrexError(
            `${owner === '' ? 'somebody' : owner} has taken its port ${nameOf(index)} in the middle of a trial`,
            'Find out who else uses this TRex; the trial says nothing.',
            { owner },
          )
        if (!up) down.add(nameOf(index))
      }
      if (!ports.some(({ index, sending }) => sending && index === this.#indexes[load.from])) break
      if (performance.now() > end)
        throw new GeneratorError(
          `TRex still sends after ${limitS} s, which it was to end by itself`,
          'Run again.',
        )
      await delay(LOOK_AGAIN_MS)
    }
    return down.size === 0 ? undefined : `the link of ${[...down].join(' and ')} went down meanwhile`
  }

  /** Frames that a port of the kernel has taken from TRex, whatever became of them; undefined for other ports. */
  async #takenByKernel(name: string): Promise<number | undefined> {
    const port = this.#parts.kernelPorts[name]
    if (!port) return undefined
    const counters = (await readCounters(this.#parts.agent, [port.interface]))[port.interface]!
    return Number((counters['link.tx_packets'] ?? 0n) + (counters['link.tx_dropped'] ?? 0n))
  }

  /**
   * TRex counts a frame as sent when it lies in the ring of a port of the kernel. The kernel stops emptying that ring
   * when a frame was refused, or when too many are held further on, and goes on only when it is given another one.
   * @returns why the trial is invalid: what stays in there comes out in a later one.
   */
  async #emptyRing(
    name: string,
    wire: Wire,
    sent: number,
    before: number | undefined,
  ): Promise<string | undefined> {
    if (before === undefined) return undefined
    const packet = strangeFrame(wire).toString('base64')
    let [taken, nudges] = [0, 0]
    for (let looks = 0; looks < NUDGES; looks++) {
      // Those that nudged are among them, and come last.
      taken = (await this.#takenByKernel(name))! - before
      if (taken >= sent + nudges) return undefined
      const nudge = { port: this.#indexes[name]!, packet }
      const { sent: nudged } = await this.#alive(this.#parts.client.call('nudge', nudge, Nudged))
      if (nudged) nudges++
      await delay(NUDGE_MS)
    }
    return `the generator's port ${this.ports[name]!.interface} took ${taken} of ${sent + nudges} frames`
  }

  /** Above what it can, TRex sends every frame, only later: nothing but the time tells. */
  async #stretched(load: Offer, seconds: number, elapsedMs: number): Promise<string | undefined> {
    if (load.rate === undefined || load.relaxed === true) return undefined
    if (elapsedMs <= seconds * 1000 * STRETCHED_BY + STRETCHED_MS) return undefined
    const { cpu } = await this.#alive(this.#parts.client.call('load_of', {}, Busy))
    const achieved = Math.round((load.count * 1000) / elapsedMs)
    return `generator limit: TRex sent ${achieved} frames a second, not ${Math.round(load.rate)} (its CPU was ${cpu.toFixed(0)} % busy)`
  }

  /** A server that has ended is known at once. @throws GeneratorError with the end of its log. */
  #alive<T>(call: Promise<T>): Promise<T> {
    const { server } = this.#parts
    if (!server) return call
    const ended = server.ended.then((how) => {
      const words = server.log().slice(-5)
      throw new TrexError(
        `the TRex server has ended (${how})`,
        `Run again. The end of what it wrote:${words.map((line) => `\n  ${line}`).join('')}`,
        { dead: true },
      )
    })
    return Promise.race([call, ended])
  }
}

/** Where frames arrive at TRex it counts them, and sees the order of latency frames; the DUT's sockets look into them. */
function untoldOf({ to, size }: Offer, { ordered }: Streams): Untold[] {
  if (to.length === 0) return size > MIN_SIZE ? ['content'] : []
  return ordered ? ['content'] : ['content', 'order']
}

const MIN_SIZE = 64 as FrameSize

/** Ports that the kernel has, by name; those that it has let go are TRex's alone. @throws InvalidTopology */
async function findKernelPorts(agent: Agent, loaded: LoadedTopology): Promise<Record<string, PortFacts>> {
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
function indexesOf(
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

function factsOf(pci: string, { ports }: Connected, index: number): PortFacts {
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
