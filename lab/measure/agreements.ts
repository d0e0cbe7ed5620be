/** The same frames counted in more than one way: where two witnesses differ, one of them is not to be believed. */
import type { PerfObservation } from '../evidence/perf.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS } from '../units/redirect.ts'
import { counted, enqueues, fromIngress, type LedgerFacts, refusedAtIngress, sum } from './ledger-facts.ts'

/** Frames that one event tells of at the most: DEV_MAP_BULK_SIZE, CPU_MAP_BULK_SIZE (kernel/bpf). */
const PORT_BULK = 16
const CPU_BULK = 8

/** Two ways to count the same frames. */
export interface Agreement {
  readonly what: string
  readonly counts: readonly (readonly [string, number])[]
  readonly agree: boolean
  /** Events were lost: the counts cannot be compared more closely than this. Absent where they can. */
  readonly unsure?: number
}

/** @param lostAtIngress frames that the receive ring refused. */
export function agreementsOf(facts: LedgerFacts, lostAtIngress: number): Agreement[] {
  const { answers, evidence, copies, drivers, mode, target } = facts
  const { observation, perf } = evidence
  const seen = sum(ACTIONS.map((action) => answers.ingress[action]))
  const errors = observation.redirects.filter(
    ({ program, errno }) => program === facts.programs['redirect'] && errno !== 0,
  )
  const refused = refusedAtIngress(facts)
  const redirected = answers.ingress.REDIRECT - refused
  const agreements: Agreement[] = [
    compare(
      'frames that reached the program',
      ['offered, less the receive ring’s losses', facts.offered - lostAtIngress],
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
  const both = (what: string, most: number, bpftrace: number, ofPerf: number): Agreement => {
    const unsure = events * most
    return {
      what,
      counts: [
        ['bpftrace', bpftrace],
        ['perf', ofPerf],
      ],
      agree: Math.abs(bpftrace - ofPerf) <= unsure,
      ...(unsure === 0 ? {} : { unsure }),
    }
  }
  const xmits = observation.devmapXmits
  const errors = observation.redirects.filter(({ errno }) => errno !== 0)
  const agreements = [
    both('bulks to ports', 1, sum(xmits.map(({ bulks }) => bulks)), perf.devmap.bulks),
    both('frames sent in bulks', PORT_BULK, sum(xmits.map(({ sent }) => sent)), perf.devmap.sent),
    both('frames dropped in bulks', PORT_BULK, sum(xmits.map(({ drops }) => drops)), perf.devmap.drops),
    both(
      'redirect errors',
      1,
      sum(errors.map(({ frames }) => frames)),
      sum(Object.values(perf.redirectErrors)),
    ),
    both(
      'exceptions',
      1,
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
