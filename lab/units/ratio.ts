import type { Branded } from './branded.ts'

/** A part of a whole, from 0 to 1. */
export type Ratio = Branded<number, 'Ratio'>

/** @throws RangeError unless from 0 to 1. */
export function ratio(part: number): Ratio {
  if (!(part >= 0 && part <= 1)) throw new RangeError(`a ratio is from 0 to 1; got ${part}`)
  return part as Ratio
}

/** `percent(0.5)` is 0.005. @throws RangeError unless from 0 to 100. */
export function percent(part: number): Ratio {
  if (!(part >= 0 && part <= 100)) throw new RangeError(`a percentage is from 0 to 100; got ${part}`)
  return (part / 100) as Ratio
}
