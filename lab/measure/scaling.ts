/** What may change the rate of a redirect, one thing at a time; and what a bed has not, with the proof. */
import type { Target } from '../units/redirect.ts'

export interface ScalingBed {
  readonly target: Target
  /** Of the DUT. */
  readonly cpus: number
  /** CPUs of the DUT that the generator uses too. */
  readonly taken: ReadonlySet<number>
  /** Why the generator cannot hand over several frames in one go; absent where it can. */
  readonly noBursts?: string
  readonly ingress: { readonly interface: string; readonly driver: string; readonly rxQueues: number }
}

export interface ScalingStep {
  /** Stays the same from run to run: `2 flows`. */
  readonly name: string
  /** CPUs or queues of the DUT that share the work; one when absent. */
  readonly cores?: number
  readonly flows?: number
  /** Frames that leave the generator in one go. */
  readonly burst?: number
  /** CPUs that a cpumap spreads over, from this one on. */
  readonly targetCpus?: { readonly first: number; readonly count: number }
  /** Frames that a cpumap's queue holds. */
  readonly queueSize?: number
  /** Receive queues of the ingress port. */
  readonly queues?: number
  /** Why this bed cannot show it; such a step is not tried. */
  readonly absent?: string
}

const FLOWS = [1, 2, 16]
const BURSTS = [1, 4, 16, 64, 256]
/** A cpumap takes from 1 to 16384 (kernel/bpf/cpumap.c). */
const QUEUE_SIZES = [64, 512, 2_048, 16_384]
/** So many flows for each queue or CPU that they come evenly. */
const FLOWS_EACH = 64

export function scalingSteps(bed: ScalingBed): ScalingStep[] {
  return [
    ...FLOWS.map((flows) => ({ name: counted(flows, 'flow'), flows })),
    ...burstSteps(bed),
    ...(bed.target === 'cpumap' ? [...targetCpuSteps(bed), ...queueSizeSteps()] : []),
    ...queueSteps(bed),
  ]
}

const burstSteps = ({ noBursts }: ScalingBed): ScalingStep[] =>
  BURSTS.map((burst) => ({
    name: `bursts of ${counted(burst, 'frame')}`,
    ...(noBursts === undefined ? { burst } : { absent: noBursts }),
  }))

/** From the last CPU down: those before it are where a NIC's interrupts go first. */
function targetCpuSteps({ cpus, taken }: ScalingBed): ScalingStep[] {
  let free = 0
  while (free < cpus && !taken.has(cpus - 1 - free)) free++
  if (free < 2)
    return [
      {
        name: '2 target CPUs',
        cores: 2,
        absent: `of the DUT's ${counted(cpus, 'CPU')} the generator does not use ${free}`,
      },
    ]
  return upTo(free).map((count) => ({
    name: counted(count, 'target CPU'),
    cores: count,
    flows: count * FLOWS_EACH,
    targetCpus: { first: cpus - count, count },
  }))
}

const queueSizeSteps = (): ScalingStep[] =>
  QUEUE_SIZES.map((queueSize) => ({ name: `a cpumap queue of ${queueSize}`, queueSize }))

function queueSteps({ target, ingress }: ScalingBed): ScalingStep[] {
  const { interface: name, driver, rxQueues } = ingress
  const absent =
    driver === 'veth'
      ? `on veth a frame comes in by the queue of the CPU that sends it, and one CPU sends`
      : rxQueues < 2
        ? `${name} has one receive queue`
        : target === 'xskmap'
          ? 'the socket is bound to one queue'
          : undefined
  if (absent !== undefined) return [{ name: '2 receive queues', cores: 2, absent }]
  return upTo(rxQueues).map((queues) => ({
    name: counted(queues, 'receive queue'),
    cores: queues,
    flows: queues * FLOWS_EACH,
    queues,
  }))
}

/** 1, 2, 4 and so on, and the most. */
function upTo(most: number): number[] {
  const steps = []
  for (let many = 1; many < most; many *= 2) steps.push(many)
  return [...steps, most]
}

const counted = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
