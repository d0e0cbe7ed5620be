/** How a cell's figure went over the nights, and where its level changed for good. */
import { levelsOf } from '../../stats/change-points.ts'
import { keyOf } from '../store/series.ts'
import { SMALLEST_CHANGE } from './judge-figures.ts'
import type { Night, NightFigure } from './night.ts'

/** A level is made by two nights: jumpavg takes a single spoiled one for a level of its own. */
const SMALLEST_GROUP = 2

export interface TrendNight {
  readonly run: string
  /** ISO 8601. */
  readonly at: string
  readonly figure: NightFigure
}

export interface Trend {
  /** The oldest first, tonight last. */
  readonly nights: readonly TrendNight[]
  /** First and last night by place in `nights`, and the average of the figures that make the level. */
  readonly levels: readonly { readonly first: number; readonly last: number; readonly average: number }[]
}

export function trendOf(nights: readonly Night[], { cell, quantity, width = 0 }: NightFigure): Trend {
  const key = keyOf({ cell, quantity })
  const found = nights.flatMap(({ run, began, figures }) =>
    figures.filter((one) => keyOf(one) === key).map((figure) => ({ run, at: began, figure })),
  )
  const valid = found.flatMap(({ figure }, place) =>
    figure.figure === null ? [] : [{ place, value: figure.figure }],
  )
  const { levels } = levelsOf(
    valid.map(({ value }) => value),
    // Two bounds of a search are each off by up to its width.
    { smallestGroup: SMALLEST_GROUP, smallestChange: Math.max(SMALLEST_CHANGE, 2 * width) },
  )
  return {
    nights: found,
    levels: levels.map(({ members, average }) => ({
      first: valid[members[0]!]!.place,
      last: valid[members.at(-1)!]!.place,
      average,
    })),
  }
}

/** The change to the present level: when, and by what share; undefined when there is but one level. */
export function lastChange({
  nights,
  levels,
}: Trend): { run: string; at: string; change: number } | undefined {
  const [before, now] = [levels.at(-2), levels.at(-1)]
  if (!before || !now || before.average === 0) return undefined
  const { run, at } = nights[now.first]!
  return { run, at, change: now.average / before.average - 1 }
}
