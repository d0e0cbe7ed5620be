/** Loads sent by a TRex that is there and connected: their course, what they counted, and why a trial says nothing. */
import type { Agent } from '../../remote/agent.ts'
import type { Arrivals } from '../../remote/arrivals.ts'
import type { Changes } from '../../remote/changes.ts'
import type { Losses, LossesAsked } from '../../remote/losses.ts'
import { Mtus } from '../../remote/mtus.ts'
import { type Counters, type PortFacts, readCounters } from '../../remote/port-facts.ts'
import type { LoadedTopology } from '../../topology/load.ts'
import { bitRate, type FrameKind, type FrameRate, framesPerSecond } from '../../units/frame.ts'
import { percent, type Ratio } from '../../units/ratio.ts'
import { type Generator, type Load, type Mark, type Offer, type Sent } from '../generator.ts'
import { UnderWay } from '../under-way.ts'
import type { TrexClient } from './client.ts'
import { TrexError } from './errors.ts'
import { type Look, sendingMs, sendToEnd, unpacedMs, untilUp } from './course.ts'
import { KernelRing, withoutRefusals } from './kernel-ring.ts'
import { Links } from './links.ts'
import { loadPort, readProfile } from './loading.ts'
import { isStale, ownName } from './owner.ts'
import { factsOf, indexesOf } from './ports.ts'
import { groupLines, type ProfileFacts } from './profile.ts'
import { Busy, type Connected, Counts, Done, Nudged, Status } from './replies.ts'
import { checkRoom } from './room.ts'
import type { TrexServer } from './server.ts'
import type { Wire } from './stream.ts'
import { strangeFrame } from './test-frame.ts'
import { arrivalsOf, lossesAt, ownLoss, sentOf, type Watched } from './watched.ts'
import { secondsOf } from './windows.ts'

/** What a server on ports of the kernel keeps up with on two CPUs, with room for whatever else they do. */
const KEPT_BY_KERNEL_PORTS: Readonly<Record<FrameKind, FrameRate>> = {
  linear: framesPerSecond(50_000),
  'non-linear': framesPerSecond(20_000),
}
/** TRex with one CPU sleeps a millisecond at a time, and its end is noticed within 10 ms. */
const KERNEL_PORTS_MISS_BY = percent(3)
/** include/uapi/linux/if.h */
const IFF_PROMISC = 0x100
/** A trial in which the load took longer than this was not what was asked for. */
const STRETCHED_BY = 1.05
/** What starting and noticing the end take, and a stall of a busy machine. */
const STRETCHED_MS = 150
/** TRex is stopped after so many times the load's own time, and so much more; without the lab, it stops by itself. */
const STOP_AFTER = 2
const STOP_AFTER_S = 2
/** NICs take seconds for a link when TRex has started. */
const LINKS_MS = 15_000
/** A link that has come back is noticed by TRex a second later. */
const LINK_MS = 3_000

export interface TrexGenerator extends Generator {
  readonly kind: 'trex'
  /** What a profile holds for one of the generator's ports. @throws InvalidProfile */
  examine(path: string, from: string): Promise<ProfileFacts>
}

/** What a driven TRex is made of. */
export interface Parts {
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

export class Trex implements TrexGenerator {
  readonly kind = 'trex'
  readonly version: string
  readonly ports: Readonly<Record<string, PortFacts>>
  readonly cannot: Generator['cannot']
  readonly marks = 'sequence'
  readonly missesRateBy?: Ratio
  readonly #parts: Parts
  readonly #indexes: Readonly<Record<string, number>>
  readonly #mtus: Mtus
  readonly #user = ownName()
  readonly #underWay = new UnderWay()
  /** Loads of the trial, in the order in which they began. */
  #watched: Watched[] = []
  /** What was counted when all had arrived: the groups are given up with the trial. */
  #final: Counts | undefined
  /** Loads that the trial was asked for so far. */
  #asked = 0
  #logged = 0
  readonly #notes: string[] = []

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
    if (overKernel) this.missesRateBy = KERNEL_PORTS_MISS_BY
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
    await untilUp(this.#look, Object.keys(this.#indexes), LINKS_MS)
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
    this.#watched = []
    this.#final = undefined
    this.#asked = 0
    return Promise.resolve()
  }

  send(load: Offer, mark: Mark): Promise<Sent> {
    return this.#underWay.during(() => this.#send(load, mark))
  }

  halt(): Promise<void> {
    const ports = Object.values(this.#indexes)
    return this.#underWay.halt(() => this.#parts.client.call('stop', { ports }, Done))
  }

  async #send(load: Offer, mark: Mark): Promise<Sent> {
    const { client } = this.#parts
    const port = this.#indexes[load.from]!
    const wire = this.#wire(load.from)
    const all = Object.values(this.#indexes)
    const described = { load, signature: mark.signature, wire, place: this.#asked++ }
    const loaded = await this.#alive(loadPort(client, port, described))
    const before = await client.call('counts', { ports: all, groups: loaded.groups }, Counts)
    const kernelPort = this.#parts.kernelPorts[load.from]
    await untilUp(this.#look, [load.from], LINK_MS)
    const names = [load.from, ...load.to]
    await checkRoom(this.#parts.agent, this.#parts.kernelPorts, names, load.size)
    const up = (await this.#look(load.to)).filter((one) => one.up).map(({ name }) => name)
    const links = await Links.watch(this.#parts.agent, this.#parts.kernelPorts, names, [load.from, ...up])
    const ring = kernelPort && (await KernelRing.watch(this.#parts.agent, kernelPort))
    const { from, to } = load
    const watched = { ...loaded, from, to, before, ...(load.profile ? { profileFrom: port } : {}) }
    this.#watched.push(watched)
    const { seconds, soonest, multiplier } = loaded
    const limit = Math.ceil(seconds * STOP_AFTER + STOP_AFTER_S)
    const took = await sendToEnd(this.#look, {
      ...load,
      user: this.#user,
      withinMs: limit * 1000,
      start: () =>
        client.call('start', { ports: [port], seconds: load.profile ? seconds : limit, multiplier }, Done),
      stop: () => client.call('stop', { ports: [port] }, Done),
      seen: ({ name, up: has }) => links.see(name, has),
    })
    const tookMs = soonest === undefined ? sendingMs(seconds * 1000, took) : unpacedMs(soonest * 1000, took)
    const down = await links.wentDown()
    const sent = sentOf(watched, await this.#counts())
    const left = await ring?.empty(sent, () => this.#nudge(load.from, wire))
    const fell = down.length === 0 ? undefined : `the link of ${down.join(' and ')} went down meanwhile`
    const invalid = fell ?? left ?? (await this.#stretched(load, sent, seconds, tookMs))
    const durationNs = Math.max(1, Math.round(tookMs * 1e6))
    // A load that is stretched is so at the rate that TRex does not reach, which is the higher of the two.
    const thenNs = loaded.windows && secondsOf(loaded.windows.slice(1)) * 1e9
    return {
      offered: sent,
      durationNs,
      ...(thenNs === undefined ? {} : { thenDurationNs: Math.round(thenNs) }),
      untold: loaded.untold,
      ...(invalid === undefined ? {} : { invalid }),
    }
  }

  async arrivals(): Promise<Record<string, Arrivals>> {
    const counts = await this.#counts()
    return Object.fromEntries(
      Object.entries(this.#indexes).map((port) => [port[0], arrivalsOf(this.#watched, port, counts)]),
    )
  }

  async losses(asked: LossesAsked): Promise<Record<string, Losses>> {
    return lossesAt(this.#watched, this.#indexes, this.#final ?? (await this.#counts()), asked)
  }

  async finish(): Promise<string | undefined> {
    const [first] = this.#watched
    if (!first) return undefined
    const counts = await this.#counts()
    this.#final = counts
    if (first.profileFrom !== undefined)
      this.#notes.push(...groupLines(first.before, counts, (index) => this.#nameOf(index)))
    const senders = this.#watched.map(({ from }) => this.#indexes[from]!)
    await this.#parts.client.call('stop', { ports: senders }, Done)
    return ownLoss(first, this.#indexes, counts)
  }

  log(): readonly string[] {
    const lines = this.#parts.server?.log() ?? []
    const fresh = lines.slice(Math.min(this.#logged, lines.length))
    this.#logged = lines.length
    return [...fresh, ...this.#notes.splice(0)]
  }

  async counters(): Promise<Counters> {
    const { agent, kernelPorts } = this.#parts
    const interfaces = Object.values(kernelPorts).map((port) => port.interface)
    return withoutRefusals(await readCounters(agent, interfaces))
  }

  /** Of ports that TRex alone has, the MTU is given when it starts. */
  setMtu(mtu: number): Promise<void> {
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
    const groups = this.#watched.flatMap((one) => one.groups)
    return this.#alive(this.#parts.client.call('counts', { ports, groups }, Counts))
  }

  /** What a profile holds for the port that is cabled to the DUT's ingress. @throws InvalidProfile */
  examine(path: string, from: string): Promise<ProfileFacts> {
    return this.#alive(readProfile(this.#parts.client, path, this.#indexes[from]!, false))
  }

  #nameOf(index: number): string {
    return Object.entries(this.#indexes).find(([, one]) => one === index)?.[0] ?? `port ${index}`
  }

  readonly #look: Look = async (names) => {
    const ports = names.map((name) => this.#indexes[name]!)
    const states = await this.#alive(this.#parts.client.call('status', { ports }, Status))
    return states.ports.map((state, at) => ({ ...state, name: names[at]! }))
  }

  /** @returns whether a frame of nobody's was taken for the port. */
  async #nudge(name: string, wire: Wire): Promise<boolean> {
    const packet = strangeFrame(wire).toString('base64')
    const nudge = { port: this.#indexes[name]!, packet }
    const { sent } = await this.#alive(this.#parts.client.call('nudge', nudge, Nudged))
    return sent
  }

  /** Above what it can, TRex sends every frame, only later: nothing but the time tells. */
  async #stretched(
    load: Offer,
    sent: number,
    seconds: number,
    elapsedMs: number,
  ): Promise<string | undefined> {
    if (load.rate === undefined || load.relaxed === true) return undefined
    if (elapsedMs <= seconds * 1000 * STRETCHED_BY + STRETCHED_MS) return undefined
    const { cpu } = await this.#alive(this.#parts.client.call('load_of', {}, Busy))
    const achieved = Math.round((sent * 1000) / elapsedMs)
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
