/**
 * The frame account of one trial: offered = received + every named loss + unexplained. Pure: facts in, ledger
 * out. Where a count can be had in two ways, both are taken and compared.
 */
import type { Answers, Place } from '../dut/redirect.ts'
import type { Evidence } from '../evidence/collector.ts'
import type { PerfObservation } from '../evidence/perf.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS, type Mode, type Target } from '../units/redirect.ts'
import { perfMayAdd } from './perf-twice.ts'
import type { Stage } from './reasons.ts'

/** Frames that one event tells of at the most: DEV_MAP_BULK_SIZE, CPU_MAP_BULK_SIZE (kernel/bpf). */
const PORT_BULK = 16
const CPU_BULK = 8

export interface Loss {
  readonly stage: Stage
  readonly reason: string
  readonly count: number
  /** What said so. */
  readonly seenBy: string
}

/** Two ways to count the same frames. */
export interface Agreement {
  readonly what: string
  readonly counts: readonly (readonly [string, number])[]
  readonly agree: boolean
  /** Events were lost: the counts cannot be compared more closely than this. Absent where they can. */
  readonly unsure?: number
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

export interface LedgerFacts {
  readonly target: Target
  readonly mode: Mode
  readonly offered: number
  /** Copies that each frame should have: more than one for a broadcast. */
  readonly copies: number
  readonly answers: Readonly<Record<Place, Answers>>
  readonly evidence: Evidence
  /** Kernel ids of the trial's programs by name, and of its maps. */
  readonly programs: Readonly<Record<string, number>>
  readonly maps: ReadonlySet<number>
  readonly ingressIfindex: number
  /** Of the ports where frames should come out, in the order of their interfaces. */
  readonly egressIfindexes: ReadonlySet<number>
  readonly drivers: { readonly ingress: string; readonly egress: string }
  /** Interfaces whose counters tell of losses: the sender's, the DUT's ingress and targets. */
  readonly interfaces: {
    readonly sender: string
    readonly ingress: string
    readonly egress: readonly string[]
  }
  readonly senderCounters: Readonly<Record<string, number>>
  /** By receiver; those where frames should arrive are in `receivers`. */
  readonly arrivals: Readonly<Record<string, Arrivals>>
  readonly receivers: ReadonlySet<string>
  /** The DUT's stack takes what is passed to it on to where it should arrive. */
  readonly stackDelivers: boolean
  /** What the DUT's IPv4 stack refused meanwhile, by counter; only where it delivers. */
  readonly stackRefusals: Readonly<Record<string, number>>
  /** A receiving AF_XDP socket was closed during the trial. */
  readonly socketClosed: boolean
  /** The generator's port that sent. */
  readonly sender: string
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
    agreements: agreementsOf(facts, lost),
  }
}

function ingressLosses({ drivers, interfaces, senderCounters, evidence, copies }: LedgerFacts): Loss[] {
  // What the receive ring of a veth port refuses shows at its peer, which is the sender: in one counter,
  // whether the frame was sent by XDP or by the stack (drivers/net/veth.c, veth_get_stats64).
  const [counters, names] =
    drivers.ingress === 'veth'
      ? [senderCounters, /^link\.tx_dropped$/]
      : [evidence.counters[interfaces.ingress] ?? {}, /^link\.(rx_missed_errors|rx_fifo_errors)$/]
  const count = counted(counters, names)
  return [
    {
      stage: 'ingress',
      reason: 'ring full',
      count: count * copies,
      seenBy: `counters of ${drivers.ingress}`,
    },
  ]
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

function refusedAtIngress({ evidence, programs }: LedgerFacts): number {
  const errors = evidence.observation.redirects.filter(
    ({ program, errno }) => program === programs['redirect'] && errno !== 0,
  )
  return sum(errors.map(({ frames }) => frames))
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

function agreementsOf(facts: LedgerFacts, lost: readonly Loss[]): Agreement[] {
  const { answers, evidence, copies, drivers, mode, target } = facts
  const { observation, perf } = evidence
  const at = (stage: Stage) => sum(lost.filter((loss) => loss.stage === stage).map(({ count }) => count))
  const seen = sum(ACTIONS.map((action) => answers.ingress[action]))
  const errors = observation.redirects.filter(
    ({ program, errno }) => program === facts.programs['redirect'] && errno !== 0,
  )
  const refused = refusedAtIngress(facts)
  const redirected = answers.ingress.REDIRECT - refused
  const agreements: Agreement[] = [
    compare(
      'frames that reached the program',
      ['offered, less the receive ring’s losses', facts.offered - at('ingress') / copies],
      ['the program’s counters', seen],
    ),
  ]
  if (evidence.level === 'full') {
    const ok = observation.redirects.filter(
      ({ program, errno }) => program === facts.programs['redirect'] && errno === 0,
    )
    agreements.push(
      compare(
        'one xdp_redirect a frame',
        ['the program’s XDP_REDIRECT', answers.ingress.REDIRECT],
        ['xdp_redirect and xdp_redirect_err', sum(ok.map(({ frames }) => frames)) + refused],
      ),
    )
  }
  if (mode === 'native' && target !== 'xskmap' && copies === 1) {
    const xmits = observation.devmapXmits.filter(fromIngress(facts))
    const failedOnward = observation.redirects.filter(
      ({ program, errno }) => program === facts.programs['on_cpu'] && errno !== 0,
    )
    const onward = answers.cpu.REDIRECT - sum(failedOnward.map(({ frames }) => frames))
    agreements.push(
      compare(
        'frames flushed in bulks',
        target === 'cpumap' ? ['redirected by the target CPU', onward] : ['redirected', redirected],
        ['xdp_devmap_xmit sent and dropped', sum(xmits.map(({ sent, drops }) => sent + drops))],
      ),
    )
  }
  if (target === 'cpumap') {
    const queues = enqueues(facts)
    // In native mode the dropped are among the processed; in generic mode they are errors of the redirect.
    agreements.push(
      compare(
        'frames put to the target CPU',
        ['redirected', redirected],
        ['xdp_cpumap_enqueue', sum(queues.map(({ processed }) => processed))],
      ),
    )
    if (mode === 'generic')
      agreements.push(
        compare(
          'frames that found the target CPU’s queue full',
          [
            'ENOSPC',
            sum(errors.filter(({ errno }) => errnoName(errno) === 'ENOSPC').map(({ frames }) => frames)),
          ],
          ['xdp_cpumap_enqueue', sum(queues.map(({ drops }) => drops))],
        ),
      )
    if (evidence.level === 'full') {
      const onward = observation.redirects.filter(({ program }) => program === facts.programs['on_cpu'])
      agreements.push(
        compare(
          'one xdp_redirect a frame on the target CPU',
          ['the program’s XDP_REDIRECT', answers.cpu.REDIRECT],
          ['xdp_redirect and xdp_redirect_err', sum(onward.map(({ frames }) => frames))],
        ),
      )
    }
    const taken = sum(
      observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map)).map(({ processed }) => processed),
    )
    agreements.push(
      compare(
        'frames taken by the target CPU',
        [
          'enqueued',
          sum(queues.map(({ processed, drops }) => (mode === 'native' ? processed - drops : processed))),
        ],
        ['xdp_cpumap_kthread', taken],
      ),
    )
  }
  if (target === 'cpumap' && mode === 'native') {
    const threads = observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map))
    agreements.push(
      compare(
        'frames that the entry’s program saw',
        ['the program’s counters', sum(ACTIONS.map((action) => answers.cpu[action]))],
        ['xdp_cpumap_kthread', sum(threads.map(({ pass, drop, redirect }) => pass + drop + redirect))],
      ),
    )
  }
  if (mode === 'native' && drivers.ingress === 'veth') {
    const counter = counted(evidence.counters[facts.interfaces.ingress] ?? {}, /^rx_queue_\d+_xdp_redirect$/)
    agreements.push(
      compare(
        'redirects as the driver counts them',
        ['redirected', redirected],
        [`rx_queue_*_xdp_redirect of ${facts.interfaces.ingress}`, counter],
      ),
    )
  }
  if (perf) agreements.push(...betweenTracers(facts, perf))
  return agreements
}

/** bpftrace and perf follow the same events; what either has lost they cannot agree on. */
function betweenTracers(facts: LedgerFacts, perf: PerfObservation): Agreement[] {
  const { observation, lostEvents, missedEvents } = facts.evidence
  const events = perf.unread > 0 ? Infinity : perf.lost + lostEvents + missedEvents
  const both = (what: string, most: number, bpftrace: number, ofPerf: number, twice = 0): Agreement => {
    const unsure = events * most
    const more = ofPerf - bpftrace
    return {
      what,
      counts: [
        ['bpftrace', bpftrace],
        ['perf', ofPerf],
      ],
      agree: more >= -unsure && more <= unsure + twice,
      ...(unsure === 0 ? {} : { unsure }),
    }
  }
  const eachFrame = (what: string, bpftrace: number, ofPerf: number) =>
    both(what, 1, bpftrace, ofPerf, perfMayAdd(bpftrace))
  const xmits = observation.devmapXmits
  const errors = observation.redirects.filter(({ errno }) => errno !== 0)
  const agreements = [
    both('bulks to ports', 1, sum(xmits.map(({ bulks }) => bulks)), perf.devmap.bulks),
    both('frames sent in bulks', PORT_BULK, sum(xmits.map(({ sent }) => sent)), perf.devmap.sent),
    both('frames dropped in bulks', PORT_BULK, sum(xmits.map(({ drops }) => drops)), perf.devmap.drops),
    eachFrame(
      'redirect errors',
      sum(errors.map(({ frames }) => frames)),
      sum(Object.values(perf.redirectErrors)),
    ),
    eachFrame(
      'exceptions',
      sum(observation.exceptions.map(({ frames }) => frames)),
      sum(Object.values(perf.exceptions)),
    ),
  ]
  if (facts.target !== 'cpumap') return agreements
  const ofPerf = Object.entries(perf.enqueues).filter(([map]) => facts.maps.has(Number(map)))
  const threads = observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map))
  const threadsOfPerf = Object.entries(perf.kthreads).filter(([map]) => facts.maps.has(Number(map)))
  return [
    ...agreements,
    both(
      'frames put to CPUs, and dropped there',
      2 * CPU_BULK,
      sum(enqueues(facts).map(({ processed, drops }) => processed + drops)),
      sum(ofPerf.map(([, { processed, drops }]) => processed + drops)),
    ),
    both(
      'frames taken by CPUs, and dropped by them',
      2 * CPU_BULK,
      sum(threads.map(({ processed, drop }) => processed + drop)),
      sum(threadsOfPerf.map(([, { processed, drop }]) => processed + drop)),
    ),
  ]
}

function compare(what: string, ...counts: readonly (readonly [string, number])[]): Agreement {
  return { what, counts, agree: counts.every(([, count]) => count === counts[0]![1]) }
}

function enqueues(facts: LedgerFacts) {
  return facts.evidence.observation.cpumapEnqueues.filter(({ map }) => facts.maps.has(map))
}

function fromIngress({ ingressIfindex }: LedgerFacts) {
  return ({ fromIfindex }: { fromIfindex: number }) => fromIfindex === ingressIfindex
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

function counted(counters: Readonly<Record<string, number>>, names: RegExp): number {
  return sum(
    Object.entries(counters)
      .filter(([name]) => names.test(name))
      .map(([, count]) => count),
  )
}

/** Frames that arrived at a receiver, each counted once. */
function unique(arrivals: Arrivals | undefined): number {
  return arrivals ? arrivals.frames - arrivals.duplicates : 0
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
