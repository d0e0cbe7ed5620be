/**
 * Who else saw a loss, and how often: bpftrace, perf, and counters of drivers, sockets and programs. Each counts by
 * itself, so that one which is wrong stands alone. Pure.
 */
import { ACTIONS, type Action } from '../units/redirect.ts'
import { errnoName } from '../units/errno.ts'
import { type LedgerFacts, sum } from './ledger-facts.ts'
import type { Stage } from './reasons.ts'

/** Frames, or null for who cannot see this loss. */
export interface Witnesses {
  readonly bpftrace: number | null
  readonly perf: number | null
  readonly counters: number | null
  /** Which tracepoint or counter speaks, or is said to: `xdp_redirect_err`. */
  readonly says: string
}

const NOBODY = { bpftrace: null, perf: null, counters: null }

export function witnessesOf(facts: LedgerFacts, stage: Stage, reason: string): Witnesses {
  const { lostEvents, missedEvents, perf } = facts.evidence
  const seen = of(facts, stage, reason)
  return {
    ...seen,
    // Who has lost events cannot bear witness to a number.
    bpftrace: lostEvents + missedEvents === 0 ? seen.bpftrace : null,
    perf: perf && perf.lost + perf.unread === 0 ? seen.perf : null,
  }
}

function of(facts: LedgerFacts, stage: Stage, reason: string): Witnesses {
  switch (stage) {
    case 'ingress':
      return { ...NOBODY, counters: moved(facts.senderCounters, /^link\.tx_dropped$/), says: 'port counters' }
    case 'program':
      return ofProgram(facts, actionOf(reason))
    case 'redirect':
      return reason === 'target skipped' ? ofBroadcast(facts) : ofRedirect(facts, reason)
    case 'flush':
      return reason === 'queue full' ? ofQueue(facts) : ofBulks(facts, reason)
    case 'cpu':
      return ofThread(facts, reason)
    case 'egress':
      return ofEgress(facts, actionOf(reason))
    case 'stack':
      return { ...NOBODY, counters: facts.stackRefusals[reason] ?? 0, says: '/proc/net/snmp' }
    case 'wire':
      return ofWire(facts, reason)
    default:
      return stage satisfies never
  }
}

function ofProgram(facts: LedgerFacts, action: Action): Witnesses {
  const counters = facts.answers.ingress[action]
  if (action !== 'ABORTED') return { ...NOBODY, counters, says: 'the program’s counters' }
  const { exceptions } = facts.evidence.observation
  return {
    bpftrace: sum(
      exceptions
        .filter((one) => one.program === facts.programs['redirect'] && ACTIONS[one.action] === action)
        .map(({ frames }) => frames),
    ),
    perf: facts.evidence.perf ? (facts.evidence.perf.exceptions[action] ?? 0) : null,
    counters,
    says: 'xdp_exception',
  }
}

function ofRedirect({ evidence, programs, ...facts }: LedgerFacts, reason: string): Witnesses {
  const ours = new Set(Object.values(programs))
  const { perf, observation } = evidence
  const errors = observation.redirects.filter(({ errno, program }) => errno !== 0 && ours.has(program))
  const of = errors.filter(({ errno }) => errnoName(errno) === reason)
  // veth counts redirects that failed, of whatever errno, among the drops of the queue (drivers/net/veth.c,
  // veth_xdp_rcv_one); those of a program on a CPU are no drops of the port.
  const counts =
    facts.mode === 'native' &&
    facts.drivers.ingress === 'veth' &&
    of.length === errors.length &&
    of.every(({ program }) => program === programs['redirect'])
  return {
    bpftrace: sum(of.map(({ frames }) => frames)),
    perf: perf ? byName(perf.redirectErrors, reason) : null,
    counters: counts
      ? moved(evidence.counters[facts.interfaces.ingress] ?? {}, /^rx_queue_\d+_drops$/)
      : null,
    says: 'xdp_redirect_err',
  }
}

/** Nobody tells of a port that was left out: the bulks that others got and it did not are all there is. */
function ofBroadcast({
  evidence,
  answers,
  copies,
  egressIfindexes,
  interfaces,
  mode,
}: LedgerFacts): Witnesses {
  const due = answers.ingress.REDIRECT * copies
  const ports = interfaces.egress.map((name) =>
    moved(evidence.counters[name] ?? {}, /^link\.tx_(packets|dropped)$/),
  )
  const xmits = evidence.observation.devmapXmits.filter(({ toIfindex }) => egressIfindexes.has(toIfindex))
  return {
    bpftrace: mode === 'native' ? due - sum(xmits.map(({ sent, drops }) => sent + drops)) : null,
    perf:
      mode === 'native' && evidence.perf
        ? due - evidence.perf.devmap.sent - evidence.perf.devmap.drops
        : null,
    counters: due - sum(ports),
    says: 'nothing: copies not made',
  }
}

function ofQueue({ evidence, maps }: LedgerFacts): Witnesses {
  const { observation, perf } = evidence
  const ofPerf = Object.entries(perf?.enqueues ?? {}).filter(([map]) => maps.has(Number(map)))
  return {
    bpftrace: sum(observation.cpumapEnqueues.filter(({ map }) => maps.has(map)).map(({ drops }) => drops)),
    perf: perf ? sum(ofPerf.map(([, { drops }]) => drops)) : null,
    counters: null,
    says: 'xdp_cpumap_enqueue',
  }
}

function ofBulks(facts: LedgerFacts, reason: string): Witnesses {
  const { observation, perf, counters } = facts.evidence
  const name = reason === 'refused' ? 'ok' : reason
  const named = (errno: number) => (errno === 0 ? 'ok' : errnoName(errno))
  const of = observation.devmapXmits.filter(
    ({ errno, fromIfindex }) => fromIfindex === facts.ingressIfindex && named(errno) === name,
  )
  const ofPerf = (perf?.devmap.dropped ?? []).filter(
    ({ errno, fromIfindex }) => fromIfindex === facts.ingressIfindex && named(errno) === name,
  )
  // veth counts what it refuses, unless it was no time to look (ENXIO).
  const refused = reason === 'refused' && facts.drivers.egress === 'veth'
  return {
    bpftrace: sum(of.map(({ drops }) => drops)),
    perf: perf ? sum(ofPerf.map(({ frames }) => frames)) : null,
    counters: refused
      ? sum(
          facts.interfaces.egress.map((port) =>
            moved(counters[port] ?? {}, /^tx_queue_\d+_xdp_xmit_errors$/),
          ),
        )
      : null,
    says: 'xdp_devmap_xmit',
  }
}

function ofThread(facts: LedgerFacts, reason: string): Witnesses {
  const { observation, perf } = facts.evidence
  const threads = observation.cpumapKthreads.filter(({ map }) => facts.maps.has(map))
  if (reason === 'no skb')
    return { ...NOBODY, bpftrace: sum(threads.map(({ drops }) => drops)), says: 'xdp_cpumap_kthread' }
  if (reason === 'no program')
    return { ...NOBODY, bpftrace: sum(threads.map(({ processed }) => processed)), says: 'xdp_cpumap_kthread' }
  const action = actionOf(reason)
  const counters = facts.answers.cpu[action]
  // The thread counts as dropped whatever is neither passed nor redirected on; in generic mode not on every kernel.
  if (facts.mode === 'generic' || action === 'PASS' || action === 'REDIRECT')
    return { ...NOBODY, counters, says: 'the program’s counters' }
  const ofPerf = Object.entries(perf?.kthreads ?? {}).filter(([map]) => facts.maps.has(Number(map)))
  const failed = observation.redirects.filter(
    ({ program, errno }) => program === facts.programs['on_cpu'] && errno !== 0,
  )
  const others = sum([
    ...failed.map(({ frames }) => frames),
    ...(['ABORTED', 'DROP', 'TX'] as const).map((one) => (one === action ? 0 : facts.answers.cpu[one])),
  ])
  return {
    bpftrace: sum(threads.map(({ drop }) => drop)) - others,
    perf: perf ? sum(ofPerf.map(([, { drop }]) => drop)) - others : null,
    counters,
    says: 'xdp_cpumap_kthread',
  }
}

function ofEgress(facts: LedgerFacts, action: Action): Witnesses {
  const counters = facts.answers.egress[action]
  const { observation, perf } = facts.evidence
  if (action === 'ABORTED') {
    const of = observation.exceptions.filter(({ program }) => program === facts.programs['on_egress'])
    return {
      bpftrace: sum(of.map(({ frames }) => frames)),
      perf: perf ? (perf.exceptions[action] ?? 0) : null,
      counters,
      says: 'xdp_exception',
    }
  }
  if (facts.mode === 'generic') return { ...NOBODY, counters, says: 'the program’s counters' }
  return { ...ofBulks(facts, 'refused'), counters }
}

function ofWire(facts: LedgerFacts, reason: string): Witnesses {
  if (reason !== 'wrong port') return { ...NOBODY, says: 'port counters' }
  const elsewhere = Object.entries(facts.arrivals).filter(([name]) => !facts.receivers.has(name))
  return {
    ...NOBODY,
    counters: sum(elsewhere.map(([, { frames, duplicates }]) => frames - duplicates)),
    says: 'the sinks of other ports',
  }
}

const actionOf = (reason: string): Action => ACTIONS.find((action) => reason === `XDP_${action}`) ?? 'ABORTED'

function byName(byErrno: Readonly<Record<number, number>>, name: string): number {
  return sum(
    Object.entries(byErrno)
      .filter(([errno]) => errnoName(Number(errno)) === name)
      .map(([, frames]) => frames),
  )
}

function moved(counters: Readonly<Record<string, number>>, names: RegExp): number {
  return sum(
    Object.entries(counters)
      .filter(([name]) => names.test(name))
      .map(([, change]) => change),
  )
}
