/** Chance that comes out the same each time: a simulation that fails can be looked into. */
import { createHash } from 'node:crypto'

export interface Chance {
  /** From 0 up to 1. */
  readonly uniform: () => number
  readonly normal: (average: number, deviation: number) => number
}

/** Mulberry32, begun with the name of what it is for. */
export function chanceOf(name: string): Chance {
  let state = createHash('sha256').update(name).digest().readInt32LE()
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  // Box and Muller: two even numbers make one that is normally distributed.
  const normal = (average: number, deviation: number) =>
    average + deviation * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, normal }
}
