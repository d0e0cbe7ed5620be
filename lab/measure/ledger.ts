/**
 * The frame account of one trial: offered = received + every named loss + unexplained. Pure: facts in, ledger
 * out. Where a count can be had in two ways, both are taken and compared (agreements.ts).
 */
import type { Arrivals } from '../remote/arrivals.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS } from '../units/redirect.ts'
import { type Agreement, agreementsOf } from './agreements.ts'
import { counted, enqueues, fromIngress, type LedgerFacts, refusedAtIngress, sum } from './ledger-facts.ts'
import type { Stage } from './reasons.ts'

export interface Loss {
  readonly stage: Stage
  readonly reason: string
  readonly count: number
  /** What said so. */
  readonly seenBy: string
}

/** What came into a stage and what left it. */
export interface Step {
  readonly stage: Stage
  readonly in: number
  readonly lost: number
}

export interface Ledger {
  /** Frames that should arrive: offered, times the copies that a broadcast makes of each. */
  readonly due: number
  readonly offered: number
  /** Frames that arrived where they should, each counted once. */
  readonly received: number
  readonly lost: readonly Loss[]
  /** Frames that neither arrived nor were named; below zero, more were named than are missing. */
  readonly unexplained: number
  readonly steps: readonly Step[]
  readonly agreements: readonly Agreement[]
}

export function makeLedger(facts: LedgerFacts): Ledger {
  const lost = [
    ...ingressLosses(facts),
    ...programLosses(facts),
    ...redirectLosses(facts),
    ...flushLosses(facts),
    ...cpuLosses(facts),
    ...stackLosses(facts),
    ...egressLosses(facts),
    ...wireLosses(facts),
  ].filter(({ count }) => count !== 0)
  const due = facts.offered * facts.copies
  const received = sum([...facts.receivers].map((name) => unique(facts.arrivals[name])))
  return {
    due,
    offered: facts.offered,
    received,
    lost,
    unexplained: due - received - sum(lost.map(({ count }) => count)),
    steps: stepsOf(facts, lost),
    agreements: agreementsOf(facts, ringFull(facts)),
  }
}

function ingressLosses(facts: LedgerFacts): Loss[] {
  return [
    {
      stage: 'ingress',
      reason: 'ring full',
      count: ringFull(facts) * facts.copies,
      seenBy: `counters of ${facts.drivers.ingress}`,
    },
  ]
}

/** Frames, not copies, that the receive ring of the ingress port refused. */
function ringFull({ drivers, interfaces, senderCounters, evidence }: LedgerFacts): number {
  // What the receive ring of a veth port refuses shows at its peer, which is the sender: in one counter,
  // whether the frame was sent by XDP or by the stack (drivers/net/veth.c, veth_get_stats64). A generator that
  // sends the frame again leaves the counter out.
  return drivers.ingress === 'veth'
    ? counted(senderCounters, /^link\.tx_dropped$/)
    : counted(evidence.counters[interfaces.ingress] ?? {}, /^link\.(rx_missed_errors|rx_fifo_errors)$/)
}

function programLosses({ answers, copies, stackDelivers }: LedgerFacts): Loss[] {
  // What is passed to a stack that delivers goes on its way there.
  const onward = stackDelivers ? ['REDIRECT', 'PASS'] : ['REDIRECT']
  return ACTIONS.filter((action) => !onward.includes(action)).map((action) => ({
    stage: 'program' as const,
    reason: `XDP_${action}`,
    count: answers.ingress[action] * copies,
    seenBy: 'the program’s counters',
  }))
}

function redirectLosses(facts: LedgerFacts): Loss[] {
  const ours = new Set(Object.values(facts.programs))
  const byErrno = new Map<string, number>()
  for (const { program, errno, frames } of facts.evidence.observation.redirects) {
    if (errno === 0 || !ours.has(program)) continue
    const copies = program === facts.programs['redirect'] ? facts.copies : 1
    byErrno.set(errnoName(errno), (byErrno.get(errnoName(errno)) ?? 0) + frames * copies)
  }
  const errors = [...byErrno].map(([reason, count]) => ({
    stage: 'redirect' as const,
    reason,
    count,
    seenBy: 'xdp_redirect_err',
  }))
  // Each copy has a port of its own to go to, or nothing can be said of a single one.
  const ports = [...facts.egressIfindexes]
  if (facts.copies === 1 || facts.copies !== ports.length) return errors
  const skipped = sum(ports.map((port) => Math.max(0, copiesMade(facts) - copiesHanded(facts, port))))
  if (facts.mode === 'native') {
    const seenBy = 'xdp_redirect less xdp_devmap_xmit'
    return [...errors, { stage: 'redirect', reason: 'target skipped', count: skipped, seenBy }]
  }
  // Above the driver an error ends the round in the middle: ports before it have had their copy by then.
  const [only] = errors
  if (!only || errors.length > 1) return errors
  return [{ ...only, count: skipped, seenBy: `${only.seenBy} and the target ports’ counters` }]
}

/** Copies of a broadcast that a port was to have; in generic mode those of a frame that failed among them. */
function copiesMade(facts: LedgerFacts): number {
  return facts.answers.ingress.REDIRECT - (facts.mode === 'native' ? refusedAtIngress(facts) : 0)
}

/** Copies of a broadcast that came as far as a port; in generic mode its egress program comes after that. */
function copiesHanded(facts: LedgerFacts, port: number): number {
  const { evidence, interfaces, egressIfindexes, mode } = facts
  if (mode === 'native') {
    const xmits = evidence.observation.devmapXmits.filter(({ toIfindex }) => toIfindex === port)
    return sum(xmits.filter(fromIngress(facts)).map(({ sent, drops }) => sent + drops))
  }
  const name = interfaces.egress[[...egressIfindexes].indexOf(port)]!
  return counted(evidence.counters[name] ?? {}, /^link\.tx_(packets|dropped)$/)
}

function flushLosses(facts: LedgerFacts): Loss[] {
  const { observation } = facts.evidence
  const queueFull = facts.mode === 'native' ? sum(enqueues(facts).map(({ drops }) => drops)) : 0
  const losses: Loss[] = [
    { stage: 'flush', reason: 'queue full', count: queueFull, seenBy: 'xdp_cpumap_enqueue' },
  ]
  // Frames that the egress program dropped are among the drops of their bulk (bq_xmit_all): most often of one
  // that the port then took, else of one that it refused with an errno.
  let egress = egressDrops(facts)
  const xmits = observation.devmapXmits.filter(fromIngress(facts))
  for (const { errno, drops } of [...xmits].sort((a, b) => Number(a.errno !== 0) - Number(b.errno !== 0))) {
    const ofProgram = Math.min(egress, drops)
    egress -= ofProgram
    const reason = errno === 0 ? 'refused' : errnoName(errno)
    losses.push({ stage: 'flush', reason, count: drops - ofProgram, seenBy: 'xdp_devmap_xmit' })
  }
  return merge(losses)
}

function cpuLosses(facts: LedgerFacts): Loss[] {
  if (facts.target !== 'cpumap') return []
  const { answers, evidence } = facts
  const noSkb = sum(
    evidence.observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map)).map(({ drops }) => drops),
  )
  // Only what the program passes gets a socket buffer; what got none is named by that.
  const passed = facts.stackDelivers ? 0 : Math.max(0, answers.cpu.PASS - noSkb)
  const byProgram = (['ABORTED', 'DROP', 'TX', 'PASS'] as const).map((action) => ({
    stage: 'cpu' as const,
    reason: `XDP_${action}`,
    count: action === 'PASS' ? passed : answers.cpu[action],
    seenBy: 'the program’s counters',
  }))
  // An entry without a program hands every frame to its stack.
  const taken = evidence.observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map))
  const asked = sum(ACTIONS.map((action) => answers.cpu[action]))
  const toStack = facts.stackDelivers ? 0 : sum(taken.map(({ processed }) => processed)) - asked - noSkb
  return [
    { stage: 'cpu', reason: 'no skb', count: noSkb, seenBy: 'xdp_cpumap_kthread' },
    { stage: 'cpu', reason: 'no program', count: asked === 0 ? toStack : 0, seenBy: 'xdp_cpumap_kthread' },
    ...byProgram,
  ]
}

function stackLosses({ stackRefusals }: LedgerFacts): Loss[] {
  return Object.entries(stackRefusals).map(([reason, count]) => ({
    stage: 'stack' as const,
    reason,
    count,
    seenBy: '/proc/net/snmp',
  }))
}

function egressLosses({ answers }: LedgerFacts): Loss[] {
  return ACTIONS.filter((action) => action !== 'PASS').map((action) => ({
    stage: 'egress' as const,
    reason: `XDP_${action}`,
    count: answers.egress[action],
    seenBy: 'the program’s counters',
  }))
}

function wireLosses(facts: LedgerFacts): Loss[] {
  const { mode, evidence, interfaces, arrivals, receivers } = facts
  // A native bulk that is refused is booked at the flush; a generic transmit shows in these counters alone.
  const dropped =
    mode === 'generic'
      ? sum(interfaces.egress.map((name) => counted(evidence.counters[name] ?? {}, /^link\.tx_dropped$/)))
      : 0
  // What the program sent back with XDP_TX comes in where it was sent from, and is named already.
  const sentBack = (name: string) => (name === facts.sender ? facts.answers.ingress.TX : 0)
  const elsewhere = Object.entries(arrivals).filter(([name]) => !receivers.has(name))
  return [
    { stage: 'wire', reason: 'transmit dropped', count: dropped, seenBy: 'counters of the target port' },
    { stage: 'wire', reason: 'socket closed', count: unread(facts), seenBy: 'xdp_redirect' },
    ...elsewhere.map(([name, one]) => ({
      stage: 'wire' as const,
      reason: 'wrong port',
      count: Math.max(0, unique(one) - sentBack(name)),
      seenBy: `the sink at ${name}`,
    })),
  ]
}

/** Frames that the kernel put into the ring of a socket which was closed before they were read. */
function unread({ socketClosed, evidence, programs, arrivals, receivers }: LedgerFacts): number {
  if (!socketClosed || evidence.level !== 'full') return 0
  const delivered = evidence.observation.redirects.filter(
    ({ program, errno }) => program === programs['redirect'] && errno === 0,
  )
  return (
    sum(delivered.map(({ frames }) => frames)) - sum([...receivers].map((name) => unique(arrivals[name])))
  )
}

/** The account stage by stage: what a stage lets out comes into the next. */
function stepsOf(facts: LedgerFacts, lost: readonly Loss[]): Step[] {
  let frames = facts.offered * facts.copies
  const stages: Stage[] = [
    'ingress',
    'program',
    'redirect',
    'flush',
    ...(facts.target === 'cpumap' ? (['cpu'] as const) : []),
    ...(facts.stackDelivers ? (['stack'] as const) : []),
    'egress',
    'wire',
  ]
  return stages.map((stage) => {
    const step = {
      stage,
      in: frames,
      lost: sum(lost.filter((loss) => loss.stage === stage).map(({ count }) => count)),
    }
    frames -= step.lost
    return step
  })
}

function egressDrops({ answers }: LedgerFacts): number {
  return sum(ACTIONS.filter((action) => action !== 'PASS').map((action) => answers.egress[action]))
}

function merge(losses: readonly Loss[]): Loss[] {
  const byReason = new Map<string, Loss>()
  for (const loss of losses) {
    const before = byReason.get(loss.reason)
    byReason.set(loss.reason, before ? { ...before, count: before.count + loss.count } : loss)
  }
  return [...byReason.values()]
}

/** Frames that arrived at a receiver, each counted once. */
function unique(arrivals: Arrivals | undefined): number {
  return arrivals ? arrivals.frames - arrivals.duplicates : 0
}
