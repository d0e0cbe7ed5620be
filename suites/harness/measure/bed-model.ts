/**
 * A simulated test bed: frames go through the stages of a redirect, and every place that the kernel counts
 * them at counts them, as Linux 6.12 does (net/core/filter.c, kernel/bpf/{devmap,cpumap}.c, drivers/net/veth.c).
 * What is lost where is given; what the ledger is told follows.
 */
import { constants } from 'node:os'
import type { Evidence } from '../../../lab/evidence/collector.ts'
import type { StackEvent } from '../../../lab/evidence/observation.ts'
import type { Answers } from '../../../lab/dut/redirect.ts'
import type { LedgerFacts } from '../../../lab/measure/ledger-facts.ts'
import type { Arrivals } from '../../../lab/remote/arrivals.ts'
import { type Action, ACTIONS, type Mode, type Target } from '../../../lab/units/redirect.ts'

type Errno = 'ENETDOWN' | 'EOPNOTSUPP' | 'EMSGSIZE' | 'EINVAL' | 'ENOSPC' | 'ENXIO' | 'ENOBUFS'

export interface Bed {
  readonly target: Target
  readonly mode: Mode
  readonly level?: Evidence['level']
  readonly driver?: string
  readonly offered?: number
  readonly copies?: number
  readonly stackDelivers?: boolean
}

/** Frames lost, by where. Of a broadcast, those before the bulks are frames and the others are copies. */
export interface Losses {
  readonly ringFull?: number
  readonly program?: Partial<Record<Exclude<Action, 'REDIRECT'>, number>>
  readonly redirect?: Partial<Record<Errno, number>>
  /** The bulk was taken in part. */
  readonly refused?: number
  /** The bulk was refused with an errno; as many frames of it the egress program had dropped before. */
  readonly xmit?: Partial<Record<Errno, number>>
  readonly egressInRefusedBulk?: number
  readonly queueFull?: number
  readonly noSkb?: number
  readonly cpu?: Partial<Record<Exclude<Action, 'REDIRECT'>, number>>
  /** The program of the cpumap's entry redirects on, and fails. */
  readonly onward?: Partial<Record<Errno, number>>
  /** The DUT's stack, where it delivers, refuses what it is passed: by its counter. */
  readonly stack?: Readonly<Record<string, number>>
  readonly egress?: Partial<Record<Exclude<Action, 'PASS'>, number>>
  readonly txDropped?: number
  readonly wrongPort?: number
}

export const INGRESS = 101
export const EGRESS = 102
const [REDIRECT, ON_CPU, ON_EGRESS] = [11, 12, 13]
const MAP = 21
/** Somebody else's program, map and port, which the ledger must not count. */
export const OTHER_MAP = 98
export const OTHER_PROGRAM = 99
export const OTHER_PORT = 97
const BULK = 16

export function factsOf(bed: Bed, losses: Losses = {}): LedgerFacts {
  const {
    target,
    mode,
    level = 'full',
    driver = 'veth',
    offered = 1000,
    copies = 1,
    stackDelivers = false,
  } = bed
  const native = mode === 'native'
  const ringFull = losses.ringFull ?? 0
  const ingress = answers({ ...losses.program, REDIRECT: offered - ringFull - total(losses.program) })
  const enqueued = ingress.REDIRECT - total(losses.redirect)

  const queued = native && target === 'cpumap' ? enqueued - (losses.queueFull ?? 0) : enqueued
  const cpu = answers(target === 'cpumap' ? { ...losses.cpu, REDIRECT: queued - total(losses.cpu) } : {})
  const passed = stackDelivers ? cpu.PASS - (losses.noSkb ?? 0) - total(losses.stack) : 0
  const onward = target === 'cpumap' ? cpu.REDIRECT - total(losses.onward) : enqueued * copies

  const flushed = native && target !== 'xskmap' ? onward : 0
  const failed = total(losses.xmit)
  const dropped = (losses.refused ?? 0) + total(losses.egress) - (losses.egressInRefusedBulk ?? 0)
  const sent = Math.max(0, flushed - failed - dropped)
  const left = native && target !== 'xskmap' ? sent : onward - total(losses.egress)
  const received = left - (losses.txDropped ?? 0) - (losses.wrongPort ?? 0) + passed

  const redirects = [
    ...(level === 'full' ? [{ ...event(REDIRECT), errno: 0, frames: enqueued }] : []),
    ...entries(losses.redirect).map(([errno, frames]) => ({ ...event(REDIRECT), errno, frames })),
    ...(level === 'full' && target === 'cpumap' ? [{ ...event(ON_CPU), errno: 0, frames: onward }] : []),
    ...entries(losses.onward).map(([errno, frames]) => ({ ...event(ON_CPU), errno, frames })),
    { ...event(OTHER_PROGRAM), errno: constants.errno.EINVAL, frames: 77 },
  ].filter(({ frames }) => frames > 0)
  const xmit = { fromIfindex: INGRESS, toIfindex: EGRESS }
  const devmapXmits = [
    // The errors first: the order of bpftrace's maps is no order of events.
    ...entries(losses.xmit).map(([errno, drops]) => ({
      ...xmit,
      errno,
      bulks: bulks(drops),
      sent: 0,
      drops,
    })),
    { ...xmit, errno: 0, bulks: bulks(sent + dropped), sent, drops: dropped },
    { fromIfindex: OTHER_PORT, toIfindex: INGRESS, errno: 0, bulks: 5, sent: 70, drops: 7 },
  ].filter((one) => one.bulks > 0)
  // processed has the dropped ones in native mode only (kernel/bpf/cpumap.c).
  const queueDrops = native ? (losses.queueFull ?? 0) : (losses.redirect?.ENOSPC ?? 0)
  const kthread = {
    pass: cpu.PASS,
    drop: cpu.DROP + cpu.ABORTED + cpu.TX + total(losses.onward),
    redirect: cpu.REDIRECT - total(losses.onward),
  }
  const ofCpumap = target === 'cpumap'
  const observation = {
    probes: {},
    redirects,
    exceptions: [
      { program: REDIRECT, action: 0, ifindex: INGRESS, frames: ingress.ABORTED },
      // The echo of a failed redirect that many drivers make.
      { program: REDIRECT, action: 4, ifindex: INGRESS, frames: total(losses.redirect) },
    ].filter(({ frames }) => frames > 0),
    devmapXmits,
    cpumapEnqueues: [
      ...(ofCpumap
        ? [{ map: MAP, cpu: 0, toCpu: 1, bulks: bulks(enqueued), processed: enqueued, drops: queueDrops }]
        : []),
      { map: OTHER_MAP, cpu: 0, toCpu: 1, bulks: 2, processed: 9, drops: 3 },
    ],
    cpumapKthreads: [
      ...(ofCpumap ? [{ map: MAP, cpu: 1, processed: queued, drops: losses.noSkb ?? 0, ...kthread }] : []),
      { map: OTHER_MAP, cpu: 1, processed: 6, drops: 1, pass: 5, drop: 0, redirect: 0 },
    ],
    devmapBulks: {},
    cpumapBulks: {},
    stacks: [] as StackEvent[],
  }
  const errors = redirects.filter(({ errno }) => errno !== 0)
  const perf = {
    redirectErrors: sumsBy(errors.map(({ errno, frames }) => [errno, frames])),
    exceptions: Object.fromEntries(
      observation.exceptions.map(({ action, frames }) => [ACTIONS[action], frames] as const),
    ) as Record<string, number>,
    devmap: {
      bulks: sum(devmapXmits.map((one) => one.bulks)),
      sent: sum(devmapXmits.map((one) => one.sent)),
      drops: sum(devmapXmits.map((one) => one.drops)),
      dropped: devmapXmits.map(({ fromIfindex, errno, drops }) => ({ fromIfindex, errno, frames: drops })),
    },
    enqueues: Object.fromEntries(
      observation.cpumapEnqueues.map(({ map, processed, drops }) => [map, { processed, drops }]),
    ),
    kthreads: Object.fromEntries(
      observation.cpumapKthreads.map(({ map, processed, drop }) => [map, { processed, drop }]),
    ),
    lost: 0,
    unread: 0,
    repeated: 0,
    events: 0,
    text: '',
  }
  return {
    target,
    mode,
    offered,
    copies,
    answers: {
      ingress,
      cpu,
      egress: answers(losses.egress ? { ...losses.egress, PASS: left } : {}),
    },
    evidence: {
      level,
      observation,
      lostEvents: 0,
      missedEvents: 0,
      ...(level === 'full' ? { perf } : {}),
      counters: {
        d0: {
          'link.rx_packets': offered - ringFull,
          ...(driver === 'veth'
            ? native
              ? {
                  rx_queue_0_xdp_redirect: Math.ceil(enqueued / 2),
                  rx_queue_1_xdp_redirect: Math.floor(enqueued / 2),
                }
              : {}
            : { 'link.rx_missed_errors': ringFull }),
        },
        // A port that refuses a native bulk counts that too, as veth does.
        d1: {
          'link.tx_packets': left,
          'link.tx_dropped': (losses.txDropped ?? 0) + (native ? failed + (losses.refused ?? 0) : 0),
        },
      },
      kernelLog: [],
      commands: [],
    },
    programs: { redirect: REDIRECT, on_cpu: ON_CPU, on_egress: ON_EGRESS },
    maps: new Set([MAP]),
    ingressIfindex: INGRESS,
    egressIfindexes: new Set([EGRESS]),
    drivers: { ingress: driver, egress: driver },
    interfaces: { sender: 't0', ingress: 'd0', egress: ['d1'] },
    // veth counts what its peer's ring refuses twice: as its own transmit errors, and as dropped by the link.
    senderCounters:
      driver === 'veth'
        ? {
            tx_queue_0_xdp_xmit: offered - ringFull,
            tx_queue_0_xdp_xmit_errors: ringFull,
            'link.tx_dropped': ringFull,
          }
        : {},
    arrivals: { a: arrivals(0), b: arrivals(received), c: arrivals(losses.wrongPort ?? 0) },
    receivers: new Set(['b']),
    stackDelivers,
    stackRefusals: { 'Ip.InHdrErrors': 0, 'Ip.InDiscards': 0, ...losses.stack },
    socketClosed: false,
    sender: 'a',
  }
}

export function arrivals(frames: number): Arrivals {
  return {
    frames,
    bytes: frames * 60,
    truncated: 0,
    corrupted: 0,
    duplicates: 0,
    reordered: 0,
    nonLinear: 0,
    rewritten: 0,
    foreign: 0,
    firstNs: 1,
    lastNs: 2,
    latency: [],
    fault: null,
  }
}

function answers(given: Partial<Record<Action, number>>): Answers {
  return { ABORTED: 0, DROP: 0, PASS: 0, TX: 0, REDIRECT: 0, foreign: 0, nonLinear: 0, ...given }
}

const event = (program: number) => ({ program, ifindex: INGRESS, toIfindex: 0, map: MAP, key: 0 })
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
const total = (counts: Partial<Record<string, number>> = {}): number =>
  sum(Object.values(counts).map((one) => one ?? 0))
const entries = (counts: Partial<Record<Errno, number>> = {}) =>
  Object.entries(counts).map(([name, count]) => [constants.errno[name as Errno], count] as const)
const bulks = (frames: number): number => Math.ceil(frames / BULK)

function sumsBy(pairs: readonly (readonly [number, number])[]): Record<number, number> {
  const sums: Record<number, number> = {}
  for (const [key, value] of pairs) sums[key] = (sums[key] ?? 0) + value
  return sums
}
