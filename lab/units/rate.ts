/**
 * Rates by what they count: frames, bits of the frames alone (L2: FCS included, as sizes are), bits of the wire (L1: with
 * preamble and gap), or the part of what a line carries. Which is meant is in the name; a bare `10Gbps` is refused.
 */
import {
  type BitRate,
  type FrameRate,
  framesPerSecond,
  type FrameSize,
  lineRate,
  onTheWire,
} from './frame.ts'

export const RATE_UNITS = ['frames', 'l1', 'l2', 'line'] as const

export interface Rate {
  readonly unit: (typeof RATE_UNITS)[number]
  /** Frames or bits per second; of `line` the part, above 0 and up to 1. */
  readonly value: number
}

const GRAMMAR = /^(\d+(?:\.\d+)?) ?(%|([kMG]?)(pps|bps-l[12]))?$/
const TIMES = { '': 1, k: 1e3, M: 1e6, G: 1e9 } as const
export const RATE_EXAMPLES = '300000, 1.5Mpps, 10Gbps-l1, 9.5Gbps-l2, 50% or line'

/** As people write it: one of RATE_EXAMPLES. @throws RangeError that says what was expected. */
export function parseRate(text: string): Rate {
  if (text === 'line') return { unit: 'line', value: 1 }
  const [matched, amount, unit, prefix = '', counted] = GRAMMAR.exec(text) ?? []
  if (matched === undefined) throw new RangeError(whyNot(text))
  if (Number(amount) === 0) throw new RangeError(`a rate is above zero; got ${text}`)
  const value = Number(amount) * TIMES[prefix as keyof typeof TIMES]
  if (unit === '%') {
    if (value > 100) throw new RangeError(`a line carries 100% at most; got ${text}`)
    return { unit: 'line', value: value / 100 }
  }
  if (counted === 'bps-l1') return { unit: 'l1', value }
  if (counted === 'bps-l2') return { unit: 'l2', value }
  return { unit: 'frames', value }
}

function whyNot(text: string): string {
  const [bits] = /^\d+(\.\d+)? ?[kMG]?bps$/i.exec(text) ?? []
  if (bits !== undefined)
    return `${text} of what? Say ${bits}-l1 with preamble and gap, as a line counts, or ${bits}-l2 for the frames alone`
  return `a rate is like ${RATE_EXAMPLES}; got ${text}`
}

/**
 * Frames of this size a second.
 * @param line speed of the line that they leave by. @throws RangeError for a part of a line where there is none.
 */
export function framesAt({ unit, value }: Rate, size: FrameSize, line: BitRate | undefined): FrameRate {
  switch (unit) {
    case 'frames':
      return framesPerSecond(value)
    case 'l1':
      return framesPerSecond(value / (8 * onTheWire(size)))
    case 'l2':
      return framesPerSecond(value / (8 * size))
    case 'line':
      if (line === undefined) throw new RangeError('a part of a line needs a line with a speed')
      return framesPerSecond(lineRate(size, line) * value)
    default:
      return unit satisfies never
  }
}

/** The same rate in every unit: frames and bits per second, and the part of the line where there is one. */
export function inEveryUnit(
  rate: FrameRate,
  size: FrameSize,
  line: BitRate | undefined,
): { readonly frames: number; readonly l1: number; readonly l2: number; readonly line?: number } {
  return {
    frames: rate,
    l1: rate * 8 * onTheWire(size),
    l2: rate * 8 * size,
    ...(line === undefined ? {} : { line: rate / lineRate(size, line) }),
  }
}
