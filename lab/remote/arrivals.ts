/** What the agent says of the test frames that arrived at one of its receivers: a sink or an AF_XDP socket. */
import { z } from 'zod'

const count = z.number().int().nonnegative()

/** First frame that arrived otherwise than it was sent. Offsets count from the start of the Ethernet header. */
const Fault = z.object({
  sequence: count,
  length: count,
  lengthSent: count,
  offset: count,
  expected: z.string(),
  found: z.string(),
})

/** Frames of one trial as one receiver saw them. */
export const Arrivals = z.object({
  /** All of the trial's frames, duplicates among them. */
  frames: count,
  bytes: count,
  /** Length is not what was sent. */
  truncated: count,
  /** Length is right, content is not. */
  corrupted: count,
  duplicates: count,
  /** RFC 4737 §3.3: sequence below one already seen of its flow. */
  reordered: count,
  /** Arrived in more than one buffer. */
  nonLinear: count,
  /** Came with the source address that a rewriting program on a devmap’s entry gives. */
  rewritten: count,
  /** Not of this trial. */
  foreign: count,
  /** CLOCK_MONOTONIC of the receiver's machine. */
  firstNs: count,
  lastNs: count,
  /** [lower bound of the bucket in ns, frames], ascending. */
  latency: z.array(z.tuple([count, count])),
  fault: Fault.nullable(),
})
export type Arrivals = Readonly<z.infer<typeof Arrivals>>

/** Of a receiver that got no frame, or does not look into those that it got. */
export const NOTHING_ARRIVED: Arrivals = {
  frames: 0,
  bytes: 0,
  truncated: 0,
  corrupted: 0,
  duplicates: 0,
  reordered: 0,
  nonLinear: 0,
  rewritten: 0,
  foreign: 0,
  firstNs: 0,
  lastNs: 0,
  latency: [],
  fault: null,
}
