/** Loss against offered rate (RFC 2544 §26.3), one line for each target. The axis is logarithmic, with a band of its own for no loss at all. */
import type { Mark } from 'vega'
import { FAINT, GROUND, INK, SIZE } from '../look.ts'
import { along, labelled, upwards } from './axes.ts'
import { lineMark, on, type Place, pointMark, symbolOf } from './marks.ts'
import { drawPicture, type Heading, type Plot, textMark } from './picture.ts'
import { ratioText, rateUnit } from './quantity-text.ts'
import { logarithmic, zeroBased } from './scales.ts'
import { seriesStyles } from './series-style.ts'

export interface LossChart {
  readonly heading: Heading
  readonly series: readonly {
    readonly name: string
    /** `offered` in frames per second; `loss` of 0 to 1, null for an invalid trial. */
    readonly points: readonly { readonly offered: number; readonly loss: number | null }[]
  }[]
  /** Loss that a goal allows, drawn as a level. */
  readonly goals?: readonly { readonly name: string; readonly loss: number }[]
}

const BAND = 34
const GOAL = { colour: FAINT, dash: [5, 4] } as const

export function drawLossCurve({ heading, series, goals = [] }: LossChart): Promise<string> {
  const styles = seriesStyles(series.map(({ name }) => name))
  const points = series.flatMap((one) => one.points)
  const levels = goals.filter(({ loss }) => loss > 0)
  const losses = points.flatMap(({ loss }) => (loss === null || loss === 0 ? [] : [loss]))
  const unit = rateUnit(Math.max(0, ...points.map(({ offered }) => offered)))
  return drawPicture({
    kind: 'Loss against offered rate',
    heading,
    panels: [
      {
        above: 'loss ratio (frames lost / frames offered)',
        height: 340,
        left: 52,
        plot: points.some(({ loss }) => loss !== null) ? plot : { empty: 'no valid trial' },
      },
    ],
    legend: [
      ...series.map(({ name }) => {
        const style = styles.get(name)!
        return { name, line: style, symbol: symbolOf(style) }
      }),
      ...levels.map(({ name, loss }) => ({ name: `${name}: up to ${ratioText(loss)}`, line: GOAL })),
    ],
    caption:
      'Each point is a trial. Points in the grey band lost no frame; above it the axis is logarithmic. ' +
      'A line is broken where a trial was invalid.',
  })

  function plot(width: number, height: number): Plot {
    const above = height - BAND
    // The least loss stays clear of the band, or it would look like none.
    const shown = [...losses.map((loss) => 0.7 * loss), ...levels.map(({ loss }) => loss), 0.1, 1]
    const { scale, decades } = logarithmic('y', shown, [above, 0])
    const y: Place = [
      { test: 'datum.loss === 0', value: above + BAND / 2 },
      { scale: 'y', field: 'loss' },
    ]
    return {
      data: [
        ...series.map((one, index) => ({
          name: `trials-${index}`,
          values: [...one.points]
            .sort((a, b) => a.offered - b.offered)
            .map(({ offered, loss }) => ({
              offered: offered / unit.worth,
              loss: loss ?? 0,
              there: loss !== null,
            })),
        })),
        ...series.map((_, index) => ({
          name: `valid-${index}`,
          source: `trials-${index}`,
          transform: [{ type: 'filter' as const, expr: 'datum.there' }],
        })),
        { name: 'levels', values: levels.map(({ loss }) => ({ loss })) },
      ],
      scales: [
        zeroBased(
          'x',
          points.map(({ offered }) => offered / unit.worth),
          [0, width],
        ),
        scale,
      ],
      axes: [
        upwards(labelled(decades.map((at) => ({ at, label: at < 0.005 ? at.toExponential() : String(at) })))),
        along(`offered rate (${unit.name})`),
      ],
      marks: [
        zeroBand(above, width),
        textMark(-5, above + BAND / 2 + 4, '0', { size: SIZE.small, colour: INK, align: 'right' }),
        {
          type: 'rule',
          name: 'goals',
          from: { data: 'levels' },
          aria: false,
          encode: {
            enter: {
              x: { value: 0 },
              x2: { value: width },
              y: on('y', 'loss'),
              stroke: { value: GOAL.colour },
              strokeDash: { value: [...GOAL.dash] },
            },
          },
        },
        ...series.map(({ name }, index) =>
          lineMark(
            { name: `loss-${index}-line`, data: `trials-${index}`, x: on('x', 'offered'), y },
            styles.get(name)!,
          ),
        ),
        ...series.map(({ name }, index) =>
          pointMark(
            { name: `loss-${index}-points`, data: `valid-${index}`, x: on('x', 'offered'), y },
            symbolOf(styles.get(name)!),
          ),
        ),
      ],
    }
  }
}

const zeroBand = (top: number, width: number): Mark => ({
  type: 'rect',
  name: 'zero',
  aria: false,
  encode: {
    enter: {
      x: { value: 0 },
      y: { value: top },
      width: { value: width },
      height: { value: BAND },
      fill: { value: '#eef1f4' },
      stroke: { value: GROUND },
    },
  },
})
