/** A stream of TRex, and the line that it goes on. */
import type { BitRate } from '../../units/frame.ts'
import type { Variable } from './test-frame.ts'

/** As client.py takes it. */
export interface Stream {
  /** Base64, without FCS. */
  readonly packet: string
  readonly variables: readonly Variable[]
  readonly mode:
    | { readonly kind: 'burst'; readonly frames: number; readonly rate: number }
    | {
        readonly kind: 'bursts'
        readonly burst: number
        readonly bursts: number
        readonly gapUs: number
        /** Within a burst. */
        readonly rate: number
      }
  /** `latency` takes times and looks at the order too; each such group has one stream. */
  readonly counted: 'flow' | 'latency'
  /** Packet group, by which TRex counts what was sent and what arrived. */
  readonly group: number
  /** After the start, or after the stream before it. */
  readonly delayUs: number
  /** Of streams that follow one another; all others start at once. */
  readonly turn?: { readonly number: number; readonly last: boolean }
}

export interface Wire {
  /** MAC addresses of both ends of the sending port's cable. */
  readonly from: string
  readonly to: string
  /** Of the sending port. */
  readonly speed: BitRate
}
