/** What client.py answers, by operation. */
import { z } from 'zod'

const count = z.number().int().nonnegative()

export const Done = z.object({})

export const Hello = z.object({ python: z.string() })

export const Connected = z.object({
  /** Like v3.08. */
  version: z.string(),
  mode: z.string(),
  ports: z.array(
    z.object({
      index: count,
      driver: z.string(),
      mac: z.string(),
      /** PCI address, or N/A. */
      address: z.string(),
      gbps: z.number(),
      up: z.boolean(),
      /** Empty for a port that nobody holds. */
      owner: z.string(),
      /** Packet groups that can be counted. */
      flows: count,
    }),
  ),
})
export type Connected = z.infer<typeof Connected>

export const Status = z.object({
  ports: z.array(z.object({ index: count, sending: z.boolean(), owner: z.string(), up: z.boolean() })),
})

const byPort = z.record(z.string().regex(/^\d+$/), count)

/** Everything since the server started. Bytes are with FCS. */
export const Counts = z.object({
  ports: z.array(
    z.object({
      index: count,
      ipackets: count,
      opackets: count,
      ibytes: count,
      obytes: count,
      ierrors: count,
      oerrors: count,
    }),
  ),
  groups: z.array(
    z.object({ group: count, sent: count, sentBytes: count, received: byPort, receivedBytes: byPort }),
  ),
  latency: z.array(
    z.object({
      group: count,
      /** [lower bound of the bucket in microseconds, frames]; 0 stands for all below 10. */
      histogramUs: z.array(z.tuple([count, count])),
      largestUs: z.number(),
      dropped: count,
      outOfOrder: count,
      duplicates: count,
    }),
  ),
})
export type Counts = Readonly<z.infer<typeof Counts>>

export const Busy = z.object({ cpu: z.number(), queueFull: count })
export const Nudged = z.object({ sent: z.boolean() })
