/** Makes one segment of several, without the runs that are gone. */
import { type Outcomes, type Row, type Segment, type SegmentContent } from './segment.ts'
import { ABSENT, keyOf, type SeriesId } from './series.ts'

export interface Part {
  readonly segment: Segment
  /** Whether the run at this place in the segment is still there. */
  readonly holds: (run: number) => boolean
}

export function merge(parts: readonly Part[]): SegmentContent {
  const runs: SegmentContent['runs'] = []
  const series = new Map<string, { id: SeriesId; rows: Row[] }>()
  const tests = new Map<string, { place: number; test: Outcomes['tests'][number] }>()
  const verdicts: string[] = []
  for (const { segment, holds } of parts) {
    const places = new Map<number, number>()
    for (const [number, run] of segment.runs.entries())
      if (holds(number)) {
        places.set(number, runs.length)
        runs.push(run)
      }
    for (const [index, id] of segment.series.entries()) {
      const rows = segment.rows(index).flatMap(([run, ...row]): Row[] => {
        const place = places.get(run)
        return place === undefined ? [] : [[place, ...row]]
      })
      if (rows.length === 0) continue
      const key = keyOf(id)
      const found = series.get(key) ?? { id, rows: [] }
      for (const row of rows) found.rows.push(row)
      series.set(key, found)
    }
    const outcomes = segment.outcomes()
    const columns = outcomes.tests.map((test) => {
      const key = JSON.stringify(test)
      const found = tests.get(key) ?? { place: tests.size, test }
      tests.set(key, found)
      return found.place
    })
    for (const number of places.keys()) {
      const letters = new Array<string>(tests.size).fill(ABSENT)
      for (const [test, column] of columns.entries())
        letters[column] = outcomes.verdicts[number]![test] ?? ABSENT
      verdicts.push(letters.join(''))
    }
  }
  return {
    runs,
    series: [...series.values()],
    outcomes: { tests: [...tests.values()].map(({ test }) => test), verdicts },
  }
}
