/** What the last runs say of a series, in a few figures. */
import { medianOrNull } from '../../stats/median.ts'
import { sparkline } from '../sparkline.ts'
import type { Point, Series } from './series.ts'

export interface History {
  readonly series: Series
  /** The last ones, in the order of time. */
  readonly points: readonly Point[]
  readonly last: Point
  /** Of the valid ones before the last; null when there are none. */
  readonly median: number | null
  /** Of the last against that median, as a part of it; null when one of them is not there. */
  readonly change: number | null
  /** Least and largest of the valid ones; null when there are none. */
  readonly range: readonly [number, number] | null
  readonly line: string
}

export const LINE_WIDTH = 50

/** @param last how many points, from 1 on. */
export function historyOf(series: Series, last: number): History {
  const points = series.points.slice(-last)
  const newest = points.at(-1)!
  const values = points.map(({ value }) => value)
  const valid = values.filter((value) => value !== null)
  const median = medianOrNull(values.slice(0, -1).filter((value) => value !== null))
  return {
    series,
    points,
    last: newest,
    median,
    change: median === null || median === 0 || newest.value === null ? null : newest.value / median - 1,
    range: valid.length === 0 ? null : [Math.min(...valid), Math.max(...valid)],
    line: sparkline(values, medianOrNull(valid) ?? 0, LINE_WIDTH),
  }
}
