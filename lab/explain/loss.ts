/** A loss in somebody's own setup: what, where, how many frames, and why in words. */
import type { Stage } from '../measure/reasons.ts'
import type { Target } from '../units/redirect.ts'

export interface Loss {
  readonly stage: Stage
  /** ENETDOWN, XDP_ABORTED, queue full … */
  readonly reason: string
  readonly frames: number
  /** What the frames were redirected through; absent where nothing says. */
  readonly target?: Target
  readonly program?: { readonly id: number; readonly name: string }
  readonly map?: { readonly id: number; readonly name: string; readonly keys: readonly number[] }
  /** Where the frames came in. */
  readonly from?: string
  /** Where they should have gone: a port, `CPU 3`. */
  readonly to?: string
  /** What the reason means anywhere. */
  readonly meaning: string
  /** What it comes from here, as far as the survey tells. */
  readonly cause: string
  readonly try: string
  /** The kernel function that decides it. */
  readonly where: string
  /** The tracepoint or counter that said so. */
  readonly seenBy: string
  /** A program's answer, which may be meant so. It is told, and does not count as something broken. */
  readonly mayBeMeant: boolean
}
