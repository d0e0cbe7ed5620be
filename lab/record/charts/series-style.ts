/**
 * How the series of a chart are told apart: by colour, by shape and by dashes, so that none is needed alone.
 * The colours stay apart for people who see red and green alike (after Okabe and Ito, darkened to stand out
 * on white). Triangles are left for marks of their own.
 */
import { TARGETS } from '../../units/redirect.ts'

const COLOURS = ['#0072b2', '#d55e00', '#00865f', '#b3478f', '#1f2933', '#8a6d00'] as const
const SHAPES = ['circle', 'square', 'diamond', 'cross', 'M-1.4,-0.5H1.4V0.5H-1.4Z'] as const
const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]] as const

export interface SeriesStyle {
  readonly colour: string
  readonly shape: string
  readonly dash: readonly number[]
}

/** A redirect target looks the same in every chart; other names take the places that are left, in their order. */
export function seriesStyles(names: readonly string[]): ReadonlyMap<string, SeriesStyle> {
  const fixed = new Map(TARGETS.map((target, place) => [target as string, place]))
  const taken = new Set(names.flatMap((name) => fixed.get(name) ?? []))
  let next = 0
  const free = () => {
    while (taken.has(next)) next++
    return next++
  }
  return new Map(names.map((name) => [name, styleAt(fixed.get(name) ?? free())]))
}

function styleAt(place: number): SeriesStyle {
  const round = Math.floor(place / COLOURS.length)
  return {
    colour: COLOURS[place % COLOURS.length]!,
    shape: SHAPES[place % SHAPES.length]!,
    dash: DASHES[round % DASHES.length]!,
  }
}
