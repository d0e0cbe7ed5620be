/**
 * All runs of a results folder, answered from an index beside them: what a series or a test was, run by run.
 *
 * The index is derived and may be deleted at any time. It is a folder of segments, each written under another
 * name and then renamed, and never changed; which of them are there is all there is to know. A run is in it when
 * a segment has it with the stamp that its files have now. So nothing has to be locked: two processes that read
 * the same new run both add it, and one of the two copies is taken.
 */
import { join } from 'node:path'
import { QUANTITIES, type Quantity } from '../measurement.ts'
import { compareCells } from './cell-name.ts'
import { IndexFolder } from './index-folder.ts'
import { readRun, stampOf } from './read-run.ts'
import { runNames } from './run-names.ts'
import { contentOf, encode, type Row, type RunFacts, type Segment } from './segment.ts'
import { ABSENT, keyOf, type Point, type Series, type SeriesId, type TestHistory } from './series.ts'
import { type Held, tidied } from './tidy.ts'

const FOLDER = '.index'
/** Runs of one new segment, which is what of them is in memory at a time. */
const BATCH = 500

/** What to tell people: what takes long, and what could not be kept. */
export type Say = (line: string) => void
const LONG = 200

export class RunIndex {
  /** In the order in which they began. */
  readonly runs: readonly RunFacts[]
  /** With the newest runs first. */
  readonly #held: readonly Held[]

  private constructor(runs: readonly RunFacts[], held: readonly Held[]) {
    this.runs = runs
    this.#held = held
  }

  /** Reads the runs that are new or have changed. @throws when the folder cannot be read. */
  static open(results: string, say: Say = () => undefined): RunIndex {
    const names = runNames(results)
    const stamps = new Map(names.map((name) => [name, stampOf(join(results, name))]))
    const missing = new Set(names)
    const numbers = new Map(names.map((name, number) => [name, number]))
    const hold = (of: { segment: Segment; path?: string }, wanted: Set<string>): Held => ({
      ...of,
      places: of.segment.runs.map(({ stamp, facts: { name } }) =>
        stamps.get(name) === stamp && wanted.delete(name) ? numbers.get(name) : undefined,
      ),
    })
    const folder = new IndexFolder(join(results, FOLDER))
    const held = folder.segments().map((one) => hold(one, missing))
    const fresh = [...missing]
    if (fresh.length > LONG) say(`Reading ${fresh.length} runs of ${results} that are new or have changed …`)
    for (let from = 0; from < fresh.length; from += BATCH) {
      const runs = fresh
        .slice(from, from + BATCH)
        .map((name) => ({ stamp: stamps.get(name)!, run: readRun(join(results, name)) }))
      held.push(hold(folder.add(encode(contentOf(runs))), missing))
    }
    const tidy = tidied(held, folder, hold)
    if (folder.refused !== undefined && fresh.length > LONG)
      say(`The index cannot be kept (${folder.refused}): ${folder.path}. The next time it is read anew.`)
    const facts: RunFacts[] = []
    for (const { segment, places } of tidy)
      for (const [number, place] of places.entries())
        if (place !== undefined) facts[place] = segment.runs[number]!.facts
    return new RunIndex(
      facts,
      tidy.sort((one, other) => newest(other) - newest(one)),
    )
  }

  /**
   * One after the other, so that not all of them are in memory. In the order of cells, then of quantities.
   *
   * @param last only so many points of each, the newest; from 1 on.
   */
  *series(wanted: (id: SeriesId) => boolean = () => true, last = Infinity): Generator<Series> {
    const found = new Map<string, { id: SeriesId; parts: Part[] }>()
    for (const held of this.#held)
      for (const [line, id] of held.segment.series.entries()) {
        if (!wanted(id)) continue
        const key = keyOf(id)
        const one = found.get(key) ?? { id, parts: [] }
        one.parts.push({ held, line })
        found.set(key, one)
      }
    const sorted = [...found.values()].sort((one, other) => compareIds(one.id, other.id))
    for (const { id, parts } of sorted) {
      const points = this.#points(parts, last)
      if (points.length > 0) yield { ...id, points }
    }
  }

  /** What became of tests in each of the runs. */
  tests(wanted: (test: { suite: string; title: string }) => boolean = () => true): TestHistory[] {
    const found = new Map<string, { topology: string; suite: string; title: string; letters: string[] }>()
    for (const { segment, places } of this.#held) {
      const { tests, verdicts } = segment.outcomes()
      for (const [topology, numbers] of this.#byTopology(places))
        for (const [column, [suite, title]] of tests.entries()) {
          if (!wanted({ suite, title })) continue
          const key = JSON.stringify([topology, suite, title])
          const one = found.get(key) ?? {
            topology,
            suite,
            title,
            letters: new Array<string>(this.runs.length).fill(ABSENT),
          }
          for (const number of numbers) one.letters[places[number]!] = verdicts[number]![column] ?? ABSENT
          found.set(key, one)
        }
    }
    const name = ({ suite, title, topology }: TestHistory) => [suite, title, topology].join('\0')
    return [...found.values()]
      .map(({ letters, ...test }) => ({
        ...test,
        verdicts: letters.join(''),
      }))
      .filter(({ verdicts }) => /[^-]/.test(verdicts))
      .sort((one, other) => (name(one) < name(other) ? -1 : 1))
  }

  close(): void {
    for (const { segment } of this.#held) segment.close()
  }

  /** Runs of a segment that are there, by their place in it. */
  #byTopology(places: Held['places']): Map<string, number[]> {
    const groups = new Map<string, number[]>()
    for (const [number, place] of places.entries()) {
      if (place === undefined) continue
      const { topology } = this.runs[place]!
      const group = groups.get(topology) ?? []
      group.push(number)
      groups.set(topology, group)
    }
    return groups
  }

  /** @param parts with the newest runs first. */
  #points(parts: readonly Part[], last: number): Point[] {
    const placed: Placed[] = []
    for (const { held, line } of parts) {
      // The parts from here on have only older runs.
      const newer = () => placed.filter(([place]) => place > newest(held)).length
      if (placed.length >= last && newer() >= last) break
      for (const row of held.segment.rows(line)) {
        const place = held.places[row[0]]
        if (place !== undefined) placed.push([place, row])
      }
    }
    placed.sort(([one, row], [other, against]) => one - other || row[1] - against[1])
    return placed.slice(-last).map(([place, row]) => pointOf(this.runs[place]!.name, row))
  }
}

interface Part {
  readonly held: Held
  readonly line: number
}

type Placed = readonly [place: number, row: Row]

/** Place of the last of its runs. */
const newest = ({ places }: Held): number =>
  places.reduce<number>((most, place) => (place !== undefined && place > most ? place : most), -1)

function pointOf(run: string, [, at, value, lower, upper, irregular, invalid]: Row): Point {
  const point = { run, at, value, lower, upper }
  if (!irregular && invalid === undefined) return point
  return { ...point, ...(irregular && { irregular }), ...(invalid !== undefined && { invalid }) }
}

const ORDER = Object.keys(QUANTITIES) as Quantity[]

function compareIds(one: SeriesId, other: SeriesId): number {
  return (
    compareCells(one.cell, other.cell) ||
    ORDER.indexOf(one.quantity) - ORDER.indexOf(other.quantity) ||
    (one.atLoad ?? '').localeCompare(other.atLoad ?? '', 'en', { numeric: true })
  )
}
