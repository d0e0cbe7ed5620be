/** Marks that several charts draw: lines through points, points, and bounds as bars. Each is named, so that it is found in the SVG. */
import type { Mark, NumericValueRef, ProductionRule } from 'vega'
import { GROUND } from '../look.ts'
import type { LegendEntry, Glyph } from './legend.ts'
import type { SeriesStyle } from './series-style.ts'

export type Place = ProductionRule<NumericValueRef>

/** Where on a scale a field of the datum lies, moved by so many pixels. */
export const on = (scale: string, field: string, offset = 0): Place => ({ scale, field, offset })

interface At {
  readonly name: string
  /** Name of the data. */
  readonly data: string
  readonly x: Place
  readonly y: Place
}

/** Broken where the field that says so is false. */
export const lineMark = (
  { name, data, x, y }: At,
  { colour, dash }: Pick<SeriesStyle, 'colour' | 'dash'>,
  {
    width = 2,
    interpolate = 'linear',
    clip = false,
  }: { width?: number; interpolate?: 'linear' | 'step-after'; clip?: boolean } = {},
): Mark => ({
  type: 'line',
  name,
  from: { data },
  aria: false,
  clip,
  encode: {
    enter: {
      x,
      y,
      defined: { field: 'there' },
      stroke: { value: colour },
      strokeWidth: { value: width },
      strokeDash: { value: [...dash] },
      interpolate: { value: interpolate },
    },
  },
})

export const pointMark = ({ name, data, x, y }: At, { shape, fill, stroke, size }: Glyph): Mark => ({
  type: 'symbol',
  name,
  from: { data },
  aria: false,
  encode: {
    enter: {
      x,
      y,
      shape: { value: shape },
      size: { value: size },
      fill: { value: fill },
      stroke: { value: stroke },
      strokeWidth: { value: stroke === GROUND ? 0.8 : 1.8 },
    },
  },
})

/** From lower to upper bound, with a cap at both ends. `across`: the bounds lie along x. */
export function boundMarks({ name, data, x, y }: At, other: Place, colour: string, across = false): Mark[] {
  const pen = { stroke: { value: colour }, strokeWidth: { value: 1.5 } }
  const cap = (end: string, ends: { x: Place; y: Place }): Mark => ({
    type: 'symbol',
    name: `${name}-${end}`,
    from: { data },
    aria: false,
    encode: {
      enter: {
        ...ends,
        ...pen,
        shape: { value: 'stroke' },
        size: { value: 70 },
        angle: { value: across ? 90 : 0 },
      },
    },
  })
  return [
    {
      type: 'rule',
      name,
      from: { data },
      aria: false,
      encode: { enter: { x, y, ...(across ? { x2: other } : { y2: other }), ...pen } },
    },
    cap('lower', { x, y }),
    cap('upper', across ? { x: other, y } : { x, y: other }),
  ]
}

export const symbolOf = ({ colour, shape }: SeriesStyle): Glyph => ({
  shape,
  fill: colour,
  stroke: GROUND,
  // Of the same weight to the eye: these fill less of their square.
  size: shape === 'diamond' || shape === 'cross' ? 90 : 60,
})

/** Open triangles: the figure is not a found bound. */
export const IRREGULAR = {
  'at-ceiling': { shape: 'triangle-up', meaning: 'at least this: generator or line ended first' },
  'below-floor': { shape: 'triangle-down', meaning: 'below floor: the lowest load lost too much' },
} as const
export type Irregular = keyof typeof IRREGULAR

export const irregularSymbol = (irregular: Irregular, colour: string): Glyph => ({
  shape: IRREGULAR[irregular].shape,
  fill: GROUND,
  stroke: colour,
  size: 90,
})

/** The irregularities that occur. */
export const irregularLegend = (found: ReadonlySet<Irregular>, colour: string): LegendEntry[] =>
  (Object.keys(IRREGULAR) as Irregular[])
    .filter((irregular) => found.has(irregular))
    .map((irregular) => ({
      name: IRREGULAR[irregular].meaning,
      symbol: irregularSymbol(irregular, colour),
    }))
