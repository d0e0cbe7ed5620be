/** Rates with their bounds along any axis: a line for each series, bars for bounds, triangles where no bound was found. */
import type { Data, Mark } from 'vega'
import type { LegendEntry } from './legend.ts'
import {
  boundMarks,
  type Irregular,
  irregularLegend,
  irregularSymbol,
  lineMark,
  on,
  pointMark,
  symbolOf,
} from './marks.ts'
import { FAINT } from '../look.ts'
import { type SeriesStyle, seriesStyles } from './series-style.ts'

/** In frames per second; null where there is none. */
export interface Rate {
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  /** See `Measurement.irregular`. */
  readonly irregular?: Irregular
}

export interface RateSeries {
  readonly name: string
  readonly points: readonly (Rate & { readonly x: number })[]
}

/** Where the figure is drawn; a triangle stands at the bound that is known. */
const heightOf = ({ value, lower, upper, irregular }: Rate): number | null =>
  irregular === 'below-floor' ? (upper ?? 0) : (value ?? (irregular === 'at-ceiling' ? lower : null))

/** All that has to fit on the axis. */
export const ratesOf = (series: readonly RateSeries[]): number[] =>
  series.flatMap(({ points }) =>
    points.flatMap((point) => [heightOf(point), point.lower, point.upper].filter((rate) => rate !== null)),
  )

const irregularsOf = (series: readonly RateSeries[]) =>
  new Set(series.flatMap(({ points }) => points.flatMap(({ irregular }) => irregular ?? [])))

/** On scales `x` and `y`, which counts in units worth so many frames per second. */
export function drawRates(series: readonly RateSeries[], worth: number): { data: Data[]; marks: Mark[] } {
  const styles = seriesStyles(series.map(({ name }) => name))
  const drawn = series.map(({ name, points }, index) => {
    const style = styles.get(name)!
    const data = `rated-${index}`
    const values = [...points]
      .sort((a, b) => a.x - b.x)
      .map((point) => ({
        x: point.x,
        y: (heightOf(point) ?? 0) / worth,
        there: heightOf(point) !== null,
        irregular: point.irregular ?? '',
        lower: (point.lower ?? 0) / worth,
        upper: (point.upper ?? 0) / worth,
        bounded: point.lower !== null && point.upper !== null,
      }))
    return { data, values, style, offset: aside(index, series.length) }
  })
  return {
    data: drawn.flatMap(({ data, values }) => [
      { name: data, values },
      { name: `${data}-bounds`, values: values.filter(({ bounded }) => bounded) },
      { name: `${data}-found`, values: values.filter(({ there, irregular }) => there && irregular === '') },
      ...(['at-ceiling', 'below-floor'] as const).map((kind) => ({
        name: `${data}-${kind}`,
        values: values.filter(({ irregular }) => irregular === kind),
      })),
    ]),
    marks: [
      ...drawn.map(({ data, style, offset }, index) =>
        lineMark({ name: `rates-${index}-line`, data, x: on('x', 'x', offset), y: on('y', 'y') }, style),
      ),
      ...drawn.flatMap((one, index) => marksOf(`rates-${index}`, one)),
    ],
  }
}

function marksOf(
  name: string,
  { data, style, offset }: { data: string; style: SeriesStyle; offset: number },
): Mark[] {
  const x = on('x', 'x', offset)
  const y = on('y', 'y')
  return [
    ...boundMarks(
      { name: `${name}-bounds`, data: `${data}-bounds`, x, y: on('y', 'lower') },
      on('y', 'upper'),
      style.colour,
    ),
    pointMark({ name: `${name}-points`, data: `${data}-found`, x, y }, symbolOf(style)),
    ...(['at-ceiling', 'below-floor'] as const).map((kind) =>
      pointMark(
        { name: `${name}-${kind}`, data: `${data}-${kind}`, x, y },
        irregularSymbol(kind, style.colour),
      ),
    ),
  ]
}

/** Pixels to the side, so that equal figures of several series do not hide each other. */
function aside(index: number, of: number): number {
  const step = Math.min(4, 24 / Math.max(1, of - 1))
  return (index - (of - 1) / 2) * step
}

export function ratesLegend(series: readonly RateSeries[]): LegendEntry[] {
  const styles = seriesStyles(series.map(({ name }) => name))
  return [
    ...series.map(({ name }) => {
      const style = styles.get(name)!
      return { name, line: style, symbol: symbolOf(style) }
    }),
    ...irregularLegend(irregularsOf(series), FAINT),
  ]
}
