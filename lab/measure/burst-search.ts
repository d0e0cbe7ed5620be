/** The longest burst that passes whole (RFC 2544 §26.4; RFC 9004 §5 on searching for it). Pure: `measure` does the rest. */

/** Sends so many frames back to back. @returns frames lost; undefined for a trial that says nothing. */
export type MeasureBurst = (frames: number) => Promise<number | undefined>

/**
 * found: `longest` passed whole and `tooLong` did not. at-ceiling: the longest that may be sent passed whole.
 * below-floor: not even the shortest did. invalid: a trial stayed invalid however often it was repeated.
 */
export type BurstResult =
  | { readonly kind: 'found'; readonly longest: number; readonly tooLong: number }
  | { readonly kind: 'at-ceiling'; readonly longest: number }
  | { readonly kind: 'below-floor'; readonly tooLong: number }
  | { readonly kind: 'invalid' }

/** Steps up until frames are lost: bursts that pass are many times shorter than the most that may be sent. */
const STEP = 4
/** The two lengths are close enough when they lie this part of the longer apart. */
const WIDTH = 0.05
const ATTEMPTS = 3

/** @param limits in frames. */
export async function longestBurst(
  measure: MeasureBurst,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<BurstResult> {
  let longest = 0
  let length = least
  let tooLong: number | undefined
  for (;;) {
    const lost = await valid(measure, length)
    if (lost === undefined) return { kind: 'invalid' }
    if (lost === 0) longest = length
    else tooLong = length
    if (tooLong === undefined) {
      if (longest >= most) return { kind: 'at-ceiling', longest }
      length = Math.min(most, longest * STEP)
    } else {
      if (tooLong <= least) return { kind: 'below-floor', tooLong }
      if (tooLong - longest <= Math.max(1, WIDTH * tooLong)) return { kind: 'found', longest, tooLong }
      length = Math.floor((longest + tooLong) / 2)
    }
  }
}

async function valid(measure: MeasureBurst, frames: number): Promise<number | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lost = await measure(frames)
    if (lost !== undefined) return lost
  }
  return undefined
}
