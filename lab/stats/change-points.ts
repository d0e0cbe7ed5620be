/** Where the level of a series changed for good, by jumpavg, past single spoiled values and changes too small to matter. */
import { jumpavg } from './jumpavg.ts'

export interface Level {
  /** Indices of the values that make it, in order. */
  readonly members: readonly number[]
  readonly average: number
}

export interface Levels {
  readonly levels: readonly Level[]
  /** Indices of values in groups too small to be a level: spoiled ones, or the first of a level to come. */
  readonly setAside: readonly number[]
}

export interface LevelOptions {
  /** Values that make a level; with 1 none is set aside. jumpavg makes a group of a single spoiled value. */
  readonly smallestGroup: number
  /** Least change between two levels, as a share of the earlier: 0.01 for one per cent. */
  readonly smallestChange: number
}

/**
 * Values of too small a group are set aside and the rest is grouped again, so that a spoiled value does not part the
 * level it stands in; then levels that are too near each other are joined, the nearest first.
 *
 * @param values in one unit, none below zero
 * @throws RangeError for a value that is below zero or not finite
 */
export function levelsOf(values: readonly number[], { smallestGroup, smallestChange }: LevelOptions): Levels {
  let kept = values.map((_, index) => index)
  let levels: Level[]
  for (;;) {
    levels = jumpavg(kept.map((index) => values[index]!)).map(({ from, size, average }) => ({
      members: kept.slice(from, from + size),
      average,
    }))
    const large = levels.filter(({ members }) => members.length >= smallestGroup)
    if (large.length === levels.length) break
    kept = large.flatMap(({ members }) => members)
  }
  return {
    levels: joinNear(levels, smallestChange),
    setAside: values.map((_, index) => index).filter((index) => !kept.includes(index)),
  }
}

function joinNear(levels: readonly Level[], smallestChange: number): Level[] {
  const changes = levels
    .slice(1)
    .map((level, before) => Math.abs(level.average / levels[before]!.average - 1))
  const smallest = Math.min(...changes)
  if (!(smallest < smallestChange)) return [...levels]
  const at = changes.indexOf(smallest)
  const joined = join(levels[at]!, levels[at + 1]!)
  return joinNear([...levels.slice(0, at), joined, ...levels.slice(at + 2)], smallestChange)
}

function join(one: Level, other: Level): Level {
  const members = [...one.members, ...other.members]
  const sum = one.average * one.members.length + other.average * other.members.length
  return { members, average: sum / members.length }
}
