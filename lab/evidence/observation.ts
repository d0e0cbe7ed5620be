/** What the kernel's tracepoints said during one trial, filtered to the lab's own ports, programs and maps. */

/** Answers of xdp_do_redirect(): err 0 is the per-frame xdp_redirect, any other xdp_redirect_err. */
export interface RedirectEvent {
  readonly program: number
  readonly ifindex: number
  /** 0 for broadcast, cpumap and xskmap. */
  readonly toIfindex: number
  readonly map: number
  readonly key: number
  readonly errno: number
  readonly frames: number
}

export interface ExceptionEvent {
  readonly program: number
  readonly action: number
  readonly ifindex: number
  readonly frames: number
}

/** A devmap's bulks, handed to ndo_xdp_xmit() of the target port. */
export interface DevmapXmitEvent {
  readonly fromIfindex: number
  readonly toIfindex: number
  readonly errno: number
  readonly bulks: number
  readonly sent: number
  readonly drops: number
}

/** A cpumap's bulks, put into the queue of the target CPU. */
export interface CpumapEnqueueEvent {
  readonly map: number
  readonly cpu: number
  readonly toCpu: number
  readonly bulks: number
  /** With the dropped ones in native mode, without them in generic mode (kernel/bpf/cpumap.c). */
  readonly processed: number
  readonly drops: number
}

/** What the thread of a cpumap's entry took out of its queue. */
export interface CpumapKthreadEvent {
  readonly map: number
  readonly cpu: number
  readonly processed: number
  readonly drops: number
  readonly pass: number
  readonly drop: number
  readonly redirect: number
}

/** Frames that were lost on one path through the kernel. */
export interface StackEvent {
  readonly probe: string
  /** Errno, or for an exception the action. */
  readonly code: number
  readonly frames: number
  /** Functions, the innermost first: `xdp_do_redirect+0x1f`. */
  readonly stack: readonly string[]
}

/** Frames handed over at once → how often. */
export type BulkHistogram = Readonly<Record<number, number>>

export interface Observation {
  /** Hits of every xdp tracepoint that was attached, by name. */
  readonly probes: Readonly<Record<string, number>>
  readonly redirects: readonly RedirectEvent[]
  readonly exceptions: readonly ExceptionEvent[]
  readonly devmapXmits: readonly DevmapXmitEvent[]
  readonly cpumapEnqueues: readonly CpumapEnqueueEvent[]
  readonly cpumapKthreads: readonly CpumapKthreadEvent[]
  readonly devmapBulks: BulkHistogram
  readonly cpumapBulks: BulkHistogram
  /** Where errors, exceptions and drops of bulks came from; with `full` only. */
  readonly stacks: readonly StackEvent[]
}

/** What is known without a tracepoint attached. */
export const NOTHING_SEEN: Observation = {
  probes: {},
  redirects: [],
  exceptions: [],
  devmapXmits: [],
  cpumapEnqueues: [],
  cpumapKthreads: [],
  devmapBulks: {},
  cpumapBulks: {},
  stacks: [],
}
