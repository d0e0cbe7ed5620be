import type { Branded } from './branded.ts'

/** A length of time in seconds. */
export type Seconds = Branded<number, 'Seconds'>

/** @throws RangeError unless finite and not negative. */
export function seconds(time: number): Seconds {
  if (!Number.isFinite(time) || time < 0)
    throw new RangeError(`a length of time is not below zero seconds; got ${time}`)
  return time as Seconds
}
