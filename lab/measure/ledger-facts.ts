/** All that is known of one trial's frames, and how it is asked. */
import type { Answers, Place } from '../dut/redirect.ts'
import type { Evidence } from '../evidence/collector.ts'
import type { CpumapEnqueueEvent } from '../evidence/observation.ts'
import type { Arrivals } from '../remote/arrivals.ts'
import type { Mode, Target } from '../units/redirect.ts'

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

/** Frames that the program redirected, and the kernel refused at once. */
export function refusedAtIngress({ evidence, programs }: LedgerFacts): number {
  const errors = evidence.observation.redirects.filter(
    ({ program, errno }) => program === programs['redirect'] && errno !== 0,
  )
  return sum(errors.map(({ frames }) => frames))
}

/** Of the trial's own cpumap. */
export function enqueues(facts: LedgerFacts): CpumapEnqueueEvent[] {
  return facts.evidence.observation.cpumapEnqueues.filter(({ map }) => facts.maps.has(map))
}

export function fromIngress({ ingressIfindex }: LedgerFacts) {
  return ({ fromIfindex }: { fromIfindex: number }) => fromIfindex === ingressIfindex
}

/** Counters of these names, together. */
export function counted(counters: Readonly<Record<string, number>>, names: RegExp): number {
  return sum(
    Object.entries(counters)
      .filter(([name]) => names.test(name))
      .map(([, count]) => count),
  )
}

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
