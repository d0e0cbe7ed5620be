/** One load applied once to a redirect on the DUT, with everything that was counted. */
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { framesWait } from '../dut/waiting-threads.ts'
import type { Answers, Place, Redirect, RedirectSpec } from '../dut/redirect.ts'
import type { Evidence } from '../evidence/collector.ts'
import { stackRefusals } from '../evidence/stack-counters.ts'
import type { EvidenceLevel } from '../evidence/levels.ts'
import type { Load, Mark, Untold } from '../generator/generator.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import type { Losses, LossesAsked } from '../remote/losses.ts'
import { countersMoved } from '../remote/port-facts.ts'
import { type BitRate, mtuFor } from '../units/frame.ts'
import { type Action, ACTIONS } from '../units/redirect.ts'
import { aboveCeiling } from './ceiling.ts'
import type { Lab } from './lab.ts'
import { type Ledger, makeLedger } from './ledger.ts'
import type { LedgerFacts } from './ledger-facts.ts'
import { lineSpeedOf } from './line-speed.ts'
import { type Overhead, TrialClock } from './overhead.ts'

/** What a plain frame of 1518 bytes needs; longer ones need more. */
const PLAIN_MTU = 1500
/** Arrivals that stand still this long have settled; a frame under way takes microseconds. */
const SETTLED_MS = 5
/** Where frames are still missing: a busy DUT may keep a cpumap's thread or ksoftirqd waiting for its CPU. */
const MISSING_SETTLED_MS = 150
const SETTLE_AT_MOST_MS = 2_000
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

/** AF_XDP sockets of the DUT, as one receiver. */
export interface SocketReceiver {
  readonly name: string
  listen(mark: Mark): Promise<void>
  arrivals(): Promise<Arrivals>
  losses(asked: LossesAsked): Promise<Losses>
  readonly someClosed: boolean
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
  const clock = new TrialClock()
  const { dut, generator, collector } = lab
  const { spec } = redirect
  const load = generator.adapt(wanted)
  const mark: Mark = {
    signature: randomInt(1, 2 ** 32),
    flows: load.mix?.length ?? load.flows ?? 1,
    count: load.count,
    verify: (load.verify ?? true) && generator.marks === 'whole',
    stampMask: load.count > STAMP_ALL ? 15 : 0,
  }
  const from = load.from ?? lab.cables[spec.from ?? 'ingress']!
  const targets = options.to ?? [spec.to ?? 'egress']
  const receivers = new Set(
    options.sockets ? [options.sockets.name] : targets.map((role) => lab.cables[role]!),
  )
  await collector.watch(options.evidence)
  await Promise.all([clock.ofGenerator(() => generator.listen(mark)), options.sockets?.listen(mark)])
  const refusals = () => (options.stackDelivers ? stackRefusals(dut.host) : Promise.resolve({}))
  const refusedBefore = await refusals()
  const [senderBefore] = await Promise.all([
    generator.counters(),
    collector.begin(),
    redirect.startCounting(),
  ])

  // Without its DUT a trial is over, however long the generator would go on.
  const lost = dut.agent.gone.then((why) => Promise.reject(why))
  const to = options.sockets ? [] : [...receivers]
  const sending = clock.ofGenerator(() => generator.send({ ...load, from, to }, mark))
  const meanwhile = options.during && midst(lab, options, sending, load).then(options.during)
  const [sent] = await Promise.race([Promise.all([sending, meanwhile]), lost])
  const arrivals = await settle(lab, redirect, sent.offered, { ...options, receivers }, load)

  const [evidence, answers, senderAfter] = await Promise.all([
    collector.collect(),
    redirect.answers(),
    generator.counters(),
  ])
  const line = lineSpeedOf(lab, from)
  // Nobody knows before how many frames a profile is.
  const intended = load.profile ? sent.offered : load.count
  const senderMoved = countersMoved(senderBefore, senderAfter)[generator.ports[from]!.interface] ?? {}
  const facts: LedgerFacts = {
    target: spec.target,
    mode: spec.mode,
    offered: sent.offered,
    copies: options.copies ?? 1,
    answers,
    evidence,
    programs: redirect.object.programs,
    maps: new Set(redirect.object.mapIds),
    ingressIfindex: dut.ports[spec.from ?? 'ingress']!.ifindex,
    egressIfindexes: new Set(targets.map((role) => dut.ports[role]!.ifindex)),
    drivers: {
      ingress: dut.ports[spec.from ?? 'ingress']!.driver,
      egress: dut.ports[spec.to ?? 'egress']!.driver,
    },
    interfaces: {
      sender: generator.ports[from]!.interface,
      ingress: dut.ports[spec.from ?? 'ingress']!.interface,
      egress: targets.map((role) => dut.ports[role]!.interface),
    },
    senderCounters: senderMoved,
    arrivals,
    receivers,
    stackDelivers: options.stackDelivers ?? false,
    stackRefusals: moved(refusedBefore, await refusals()),
    socketClosed: options.sockets?.someClosed ?? false,
    sender: from,
  }
  const invalid =
    sent.invalid ??
    (load.relaxed === true ? undefined : aboveCeiling(lab.ceilings, load)) ??
    (await clock.ofGenerator(() => generator.finish())) ??
    shortfall(intended, sent.offered, generator, from, senderMoved)
  return {
    redirect: spec,
    load: { ...load, from },
    intended,
    offered: sent.offered,
    durationNs: sent.durationNs,
    ...(sent.thenDurationNs === undefined ? {} : { thenDurationNs: sent.thenDurationNs }),
    overhead: clock.beyond(load, sent.durationNs),
    answers,
    arrivals,
    ports: dut.ports,
    receivers: [...receivers],
    evidence,
    ledger: makeLedger(facts),
    facts,
    untold: sent.untold ?? [],
    generatorLog: generator.log(),
    ...(line === undefined ? {} : { line }),
    ...(invalid === undefined ? {} : { invalid }),
  }
}

function moved(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))
}

/** MTU in bytes that every port of the bed needs for a load. */
export function mtuOf(load: Pick<Load, 'size'>): number {
  return Math.max(PLAIN_MTU, mtuFor(load.size))
}

/** What the generator did not get out of its own port is no loss of the DUT's. */
function shortfall(
  count: number,
  offered: number,
  { ports, kind }: Lab['generator'],
  from: string,
  moved: Readonly<Record<string, number>>,
): string | undefined {
  if (offered < count) return `the generator sent ${offered} of ${count} frames`
  if (kind !== 'soft' || ports[from]!.driver !== 'veth') return undefined
  // Every frame counts here once: taken by the peer, refused by it, or sent as an skb.
  const out = /^(tx_queue_\d+_xdp_xmit(_errors)?|link\.tx_(packets|dropped))$/
  const frames = Object.entries(moved).reduce((sum, [name, moves]) => sum + (out.test(name) ? moves : 0), 0)
  return frames < offered
    ? `the generator's port ${ports[from]!.interface} took ${frames} of ${offered} frames`
    : undefined
}

async function read(
  lab: Lab,
  { sockets }: TrialOptions,
  { profile }: Load,
): Promise<Record<string, Arrivals>> {
  const [ports, socket] = await Promise.all([lab.generator.arrivals(), sockets?.arrivals()])
  if (!sockets || !socket) return ports
  // To a socket that looks for the lab's mark, the frames of a profile are somebody else's: it counts them, and no more.
  if (profile) return { ...ports, [sockets.name]: { ...socket, frames: socket.foreign, foreign: 0 } }
  // The time in a frame that carries none is no time.
  return { ...ports, [sockets.name]: lab.generator.marks === 'whole' ? socket : { ...socket, latency: [] } }
}

const total = (arrivals: Record<string, Arrivals>): number =>
  Object.values(arrivals).reduce((sum, { frames }) => sum + frames, 0)

/** Waits until frames flow, however long the generator takes to begin; or until they have. */
async function midst(lab: Lab, options: TrialOptions, sending: Promise<unknown>, load: Load): Promise<void> {
  const sent = sending.then(
    () => true,
    () => true,
  )
  for (;;) {
    if (total(await read(lab, options, load)) > 0) return
    if (await Promise.race([sent, delay(1, false)])) return
  }
}

/** Waits until nothing more arrives: longer while frames are missing that no program has answered for. */
async function settle(
  lab: Lab,
  redirect: Redirect,
  offered: number,
  options: TrialOptions & { readonly receivers: ReadonlySet<string> },
  load: Load,
): Promise<Record<string, Arrivals>> {
  const copies = options.copies ?? 1
  // What a program sends back comes to another port, and is among its answers.
  const arrived = (now: Record<string, Arrivals>) =>
    [...options.receivers].reduce((sum, name) => sum + (now[name]?.frames ?? 0), 0)
  const end = performance.now() + SETTLE_AT_MOST_MS
  let last = await read(lab, options, load)
  let changed = performance.now()
  for (;;) {
    await delay(SETTLED_MS)
    const now = await read(lab, options, load)
    const moved = total(now) !== total(last)
    last = now
    if (performance.now() > end) return now
    if (moved) {
      changed = performance.now()
      continue
    }
    if (arrived(now) >= offered * copies) return now
    if (performance.now() - changed > MISSING_SETTLED_MS) {
      // On a CPU that others want too, a full queue may wait for hundreds of milliseconds, and end while it is asked.
      const waiting = await framesWait(lab.dut.host)
      last = await read(lab, options, load)
      if (!waiting && total(last) === total(now)) return last
      changed = performance.now()
      continue
    }
    if (arrived(now) + (options.lost ?? 0) >= offered * copies) return now
    const ended = framesEnded(await redirect.answers(), copies, options.stackDelivers ?? false)
    if (arrived(now) + ended >= offered * copies) return now
  }
}

/** Frames that a program has answered for once and for all: none of them is under way. */
function framesEnded(
  { ingress, cpu, egress }: Record<Place, Answers>,
  copies: number,
  stackDelivers: boolean,
): number {
  const among = (answers: Answers, onward: readonly Action[]) =>
    ACTIONS.reduce((sum, action) => sum + (onward.includes(action) ? 0 : answers[action]), 0)
  const passed: readonly Action[] = stackDelivers ? ['PASS'] : []
  return (
    among(ingress, ['REDIRECT', ...passed]) * copies +
    among(cpu, ['REDIRECT', ...passed]) +
    among(egress, ['PASS'])
  )
}
