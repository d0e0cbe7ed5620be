/** Which frames of a trial did not arrive at a receiver of the agent's, around a moment within it. */
import { z } from 'zod'

export interface LossesAsked {
  /** Sequence number of the first frame after that moment. */
  readonly from: number
  /** So many frames in a row that arrive end what was lost because of it. */
  readonly whole: number
}

const count = z.number().int().nonnegative()

export const Losses = z.object({
  /** Frames that are missing before that moment. */
  before: count,
  /** From it on, until so many in a row arrived. */
  during: count,
  /** Sequence number behind the last of these; that of the moment where none is missing. */
  end: count,
  /** By so many frames `end` may be too late, where the receiver counts frames and does not look at them. */
  within: count.default(0),
  /** After these. */
  later: count,
})
export type Losses = Readonly<z.infer<typeof Losses>>
