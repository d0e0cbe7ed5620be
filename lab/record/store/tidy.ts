/** Keeps the index small: its files are read by every command that asks it. */
import { encode, type Segment } from './segment.ts'
import type { IndexFolder } from './index-folder.ts'
import { merge } from './merge.ts'

/** A segment of fewer runs is small, and of so many small ones one is made: a night adds one of a single run. */
const SMALL = 250
const SMALL_SEGMENTS = 16

export interface Held {
  readonly segment: Segment
  /** Of its file; undefined when it could not be written. */
  readonly path?: string
  /** Place in the index of each of its runs; undefined where the run is gone, changed, or taken from elsewhere. */
  readonly places: (number | undefined)[]
}

/** Without segments whose runs are gone, and with one in the place of too many small ones. */
export function tidied(
  all: readonly Held[],
  folder: IndexFolder,
  hold: (of: { segment: Segment; path?: string }, wanted: Set<string>) => Held,
): Held[] {
  const alive = ({ places }: Held) => places.filter((place) => place !== undefined).length
  for (const empty of all.filter((held) => alive(held) === 0)) folder.remove(empty)
  const held = all.filter((one) => alive(one) > 0)
  const small = held.filter((one) => one.path !== undefined && alive(one) < SMALL)
  if (small.length <= SMALL_SEGMENTS) return held
  const content = merge(
    small.map(({ segment, places }) => ({ segment, holds: (run) => places[run] !== undefined })),
  )
  const merged = folder.add(encode(content))
  if (merged.path !== undefined) for (const one of small) folder.remove(one)
  const names = new Set(content.runs.map(({ facts }) => facts.name))
  return [...held.filter((one) => !small.includes(one)), hold(merged, names)]
}
