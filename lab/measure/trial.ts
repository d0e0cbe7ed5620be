/** One load applied once to a redirect on the DUT, with everything that was counted. */
import { randomInt } from 'node:crypto'
import type { Answers, Place, Redirect, RedirectSpec } from '../dut/redirect.ts'
import type { Evidence } from '../evidence/collector.ts'
import { stackRefusals } from '../evidence/stack-counters.ts'
import type { EvidenceLevel } from '../evidence/levels.ts'
import type { Load, Mark, Sent, Untold } from '../generator/generator.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import { countersMoved } from '../remote/port-facts.ts'
import { type BitRate, mtuFor } from '../units/frame.ts'
import { aboveCeiling } from './ceiling.ts'
import { arrivalsOf, firstsOf } from './directions.ts'
import type { Lab } from './lab.ts'
import { type Ledger, makeLedger } from './ledger.ts'
import { counted, type LedgerFacts } from './ledger-facts.ts'
import { lineSpeedOf } from './line-speed.ts'
import { type Overhead, TrialClock } from './overhead.ts'
import { midst, settle, type SocketReceiver } from './settle.ts'

/** What a plain frame of 1518 bytes needs; longer ones need more. */
const PLAIN_MTU = 1500
/** Above this the clock is read for one frame in 16 only. */
const STAMP_ALL = 200_000

export interface TrialOptions {
  readonly evidence: EvidenceLevel
  /** Roles of the DUT's ports where frames should come out: the redirect's own target when absent. */
  readonly to?: readonly string[]
  /** Copies that each frame should have; one when absent. */
  readonly copies?: number
  /** Frames that are meant to be lost on the way: none of them is waited for. */
  readonly lost?: number
  /** The DUT's stack delivers what is passed to it. */
  readonly stackDelivers?: boolean
  /** Frames are received on the DUT itself, by AF_XDP sockets, instead of at the generator. */
  readonly sockets?: SocketReceiver
  /** Done once frames have begun to arrive: replaces an entry, closes a socket. */
  readonly during?: () => Promise<void>
}

/** A redirect and what is sent through it. */
export interface Direction {
  readonly redirect: Redirect
  readonly load: Load
}

export interface Trial {
  readonly redirect: RedirectSpec
  readonly load: Load
  /** Frames that should have left the generator. */
  readonly intended: number
  readonly offered: number
  readonly durationNs: number
  /** Of these, from the change of rate on; absent where the rate did not change. */
  readonly thenDurationNs?: number
  /** Speed of the line that the frames left by; absent where there is no such thing. */
  readonly line?: BitRate
  /** What the trial took beyond its load. */
  readonly overhead: Overhead
  readonly answers: Readonly<Record<Place, Answers>>
  /** By receiver: name of the generator's port, or of a socket. */
  readonly arrivals: Readonly<Record<string, Arrivals>>
  /** The DUT's ports by role. */
  readonly ports: Lab['dut']['ports']
  /** Receivers at which the frames should arrive. */
  readonly receivers: readonly string[]
  readonly evidence: Evidence
  readonly ledger: Ledger
  /** What the ledger was made from. */
  readonly facts: LedgerFacts
  /** What nobody tells of the frames that arrived; nothing where each was looked at. */
  readonly untold: readonly Untold[]
  /** What the generator wrote meanwhile. */
  readonly generatorLog: readonly string[]
  /** Why this trial says nothing about the DUT; absent for a valid one. */
  readonly invalid?: string
}

/**
 * @param wanted its rate may be lowered where it says that this is of no matter.
 * @param redirect attached already; its counters begin anew.
 * @throws AgentFailed, CommandFailed, Unsupported: the lab broke, which is no result.
 */
export async function runTrial(
  lab: Lab,
  redirect: Redirect,
  wanted: Load,
  options: TrialOptions,
): Promise<Trial> {
  const [trial] = await run(lab, [{ redirect, load: wanted }], options)
  return trial!
}

/**
 * Several loads at once, each through a redirect of its own: a trial of each, in their order, by the same evidence.
 * What makes one invalid makes all so, since what was asked for is that they go together.
 * @param directions no two of them send from one port, or arrive at one.
 * @throws as runTrial does.
 */
export function runAtOnce(
  lab: Lab,
  directions: readonly Direction[],
  { evidence }: Pick<TrialOptions, 'evidence'>,
): Promise<Trial[]> {
  return run(lab, directions, { evidence })
}

/** One direction of a trial, planned. */
interface Way {
  readonly redirect: Redirect
  readonly load: Load
  /** The generator's port that sends. */
  readonly from: string
  /** Roles of the DUT's ports where frames should come out. */
  readonly targets: readonly string[]
  readonly receivers: ReadonlySet<string>
}

async function run(lab: Lab, directions: readonly Direction[], options: TrialOptions): Promise<Trial[]> {
  const clock = new TrialClock()
  const { dut, generator, collector } = lab
  const ways = directions.map((one) => wayOf(lab, one, options))
  const mark = markOf(lab, ways)
  await collector.watch(options.evidence)
  await Promise.all([clock.ofGenerator(() => generator.listen(mark)), options.sockets?.listen(mark)])
  const refusals = () => (options.stackDelivers ? stackRefusals(dut.host) : Promise.resolve({}))
  const refusedBefore = await refusals()
  const [senderBefore] = await Promise.all([
    generator.counters(),
    collector.begin(),
    ...ways.map(({ redirect }) => redirect.startCounting()),
  ])

  // Without its DUT a trial is over, however long the generator would go on.
  const lost = dut.agent.gone.then((why) => Promise.reject(why))
  const firsts = firstsOf(ways.map(({ load }) => load.count))
  const sending = clock.ofGenerator(() =>
    Promise.all(
      ways.map(({ load, from, receivers }, index) => {
        const to = options.sockets ? [] : [...receivers]
        return generator.send({ ...load, from, to, first: firsts[index]! }, mark)
      }),
    ),
  )
  const receiving = {
    sockets: options.sockets,
    ofProfile: ways.some(({ load }) => load.profile !== undefined),
  }
  const meanwhile = options.during && midst(lab, receiving, sending).then(options.during)
  const [sent] = await Promise.race([Promise.all([sending, meanwhile]), lost])
  const arrivals = await settle(lab, {
    ...receiving,
    redirects: ways.map(({ redirect }) => redirect),
    receivers: new Set(ways.flatMap(({ receivers }) => [...receivers])),
    offered: sent.reduce((sum, { offered }) => sum + offered, 0),
    copies: options.copies ?? 1,
    lost: options.lost ?? 0,
    stackDelivers: options.stackDelivers ?? false,
  })

  const [evidence, answers, senderAfter] = await Promise.all([
    collector.collect(),
    Promise.all(ways.map(({ redirect }) => redirect.answers())),
    generator.counters(),
  ])
  const refused = moved(refusedBefore, await refusals())
  const senders = countersMoved(senderBefore, senderAfter)
  const invalid =
    firstReason(ways, (_, index) => sent[index]!.invalid) ??
    firstReason(ways, ({ load }) => (load.relaxed === true ? undefined : aboveCeiling(lab.ceilings, load))) ??
    (await clock.ofGenerator(() => generator.finish())) ??
    firstReason(ways, (way, index) => shortfall(way, sent[index]!, generator, senders))
  const generatorLog = generator.log()
  return ways.map((way, index) => {
    const { redirect, load, from, targets, receivers } = way
    const { spec } = redirect
    const [wayIn, wayOut] = [dut.ports[spec.from ?? 'ingress']!, dut.ports[spec.to ?? 'egress']!]
    const { offered, durationNs, thenDurationNs, untold } = sent[index]!
    const line = lineSpeedOf(lab, from)
    const facts: LedgerFacts = {
      target: spec.target,
      mode: spec.mode,
      offered,
      copies: options.copies ?? 1,
      answers: answers[index]!,
      evidence,
      programs: redirect.object.programs,
      maps: new Set(redirect.object.mapIds),
      ingressIfindex: wayIn.ifindex,
      egressIfindexes: new Set(targets.map((role) => dut.ports[role]!.ifindex)),
      drivers: { ingress: wayIn.driver, egress: wayOut.driver },
      interfaces: {
        sender: generator.ports[from]!.interface,
        ingress: wayIn.interface,
        egress: targets.map((role) => dut.ports[role]!.interface),
      },
      senderCounters: movedAt(senders, generator, from),
      arrivals: arrivalsOf(
        arrivals,
        receivers,
        ways.map((one) => one.receivers),
      ),
      receivers,
      stackDelivers: options.stackDelivers ?? false,
      stackRefusals: refused,
      socketClosed: options.sockets?.someClosed ?? false,
      sender: from,
    }
    return {
      redirect: spec,
      load: { ...load, from },
      intended: intendedOf(load, offered),
      offered,
      durationNs,
      ...(thenDurationNs === undefined ? {} : { thenDurationNs }),
      overhead: clock.beyond(load, durationNs),
      answers: facts.answers,
      arrivals: facts.arrivals,
      ports: dut.ports,
      receivers: [...receivers],
      evidence,
      ledger: makeLedger(facts),
      facts,
      untold: untold ?? [],
      generatorLog,
      ...(line === undefined ? {} : { line }),
      ...(invalid === undefined ? {} : { invalid }),
    }
  })
}

function wayOf(lab: Lab, { redirect, load: wanted }: Direction, { to, sockets }: TrialOptions): Way {
  const load = lab.generator.adapt(wanted)
  const targets = to ?? [redirect.spec.to ?? 'egress']
  return {
    redirect,
    load,
    from: load.from ?? lab.cables[redirect.spec.from ?? 'ingress']!,
    targets,
    receivers: new Set(sockets ? [sockets.name] : targets.map((role) => lab.cables[role]!)),
  }
}

/** One for all: the sinks know a single signature. */
function markOf({ generator }: Lab, ways: readonly Way[]): Mark {
  const count = ways.reduce((sum, { load }) => sum + load.count, 0)
  return {
    signature: randomInt(1, 2 ** 32),
    flows: Math.max(...ways.map(({ load }) => load.mix?.length ?? load.flows ?? 1)),
    count,
    verify: ways.every(({ load }) => load.verify ?? true) && generator.marks === 'whole',
    stampMask: count > STAMP_ALL ? 15 : 0,
  }
}

function firstReason(
  ways: readonly Way[],
  reason: (way: Way, index: number) => string | undefined,
): string | undefined {
  return ways.map(reason).find((one) => one !== undefined)
}

/** Nobody knows before how many frames a profile is. */
const intendedOf = (load: Load, offered: number): number => (load.profile ? offered : load.count)

type CountersMoved = ReturnType<typeof countersMoved>

const movedAt = (moves: CountersMoved, { ports }: Lab['generator'], name: string) =>
  moves[ports[name]!.interface] ?? {}

function moved(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}

/** MTU in bytes that every port of the bed needs for a load. */
export function mtuOf(load: Pick<Load, 'size'>): number {
  return Math.max(PLAIN_MTU, mtuFor(load.size))
}

/** What the generator did not get out of its own port is no loss of the DUT's. */
function shortfall(
  { load, from }: Way,
  { offered }: Sent,
  generator: Lab['generator'],
  senders: CountersMoved,
): string | undefined {
  const count = intendedOf(load, offered)
  if (offered < count) return `the generator sent ${offered} of ${count} frames`
  const { interface: name, driver } = generator.ports[from]!
  if (generator.kind !== 'soft' || driver !== 'veth') return undefined
  // Every frame counts here once: taken by the peer, refused by it, or sent as an skb.
  const out = /^(tx_queue_\d+_xdp_xmit(_errors)?|link\.tx_(packets|dropped))$/
  const frames = counted(movedAt(senders, generator, from), out)
  return frames < offered ? `the generator's port ${name} took ${frames} of ${offered} frames` : undefined
}
