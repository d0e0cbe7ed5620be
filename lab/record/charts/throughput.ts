/** Throughput by frame size, one line for each target, against what the line carries. */
import { type BitRate, type FrameSize, lineRate } from '../../units/frame.ts'
import { FAINT } from '../look.ts'
import { along, labelledApart, upwards } from './axes.ts'
import { lineMark, on } from './marks.ts'
import { drawPicture, type Heading, type Plot } from './picture.ts'
import { figure, rateUnit } from './quantity-text.ts'
import { drawRates, type Rate, type RateSeries, ratesLegend, ratesOf } from './rates.ts'
import { zeroBased } from './scales.ts'

export interface ThroughputChart {
  readonly heading: Heading
  readonly series: readonly {
    readonly name: string
    readonly points: readonly (Rate & { readonly size: FrameSize })[]
  }[]
  /** Speed of the slowest port on the way; without it no line rate is drawn. */
  readonly lineSpeed?: BitRate
}

const LINE = { colour: FAINT, dash: [5, 4] } as const

export function drawThroughput({ heading, series, lineSpeed }: ThroughputChart): Promise<string> {
  const rates = series.map(({ name, points }): RateSeries => ({
    name,
    points: points.map(({ size, ...rate }) => ({ ...rate, x: size })),
  }))
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ size }) => size)))].sort(
    (a, b) => a - b,
  )
  const line = lineSpeed === undefined ? [] : curveOf(sizes, lineSpeed)
  const largest = Math.max(0, ...ratesOf(rates))
  // A line far faster than the DUT would press all that was measured to the ground: it leaves the picture.
  const seen = line.map(({ rate }) => rate).filter((rate) => rate <= 2.5 * largest)
  const unit = rateUnit(Math.max(largest, ...seen))
  const speed = lineSpeed === undefined ? '' : `${figure(lineSpeed / 1e9)} Gbit/s`
  return drawPicture({
    kind: 'Throughput by frame size',
    heading,
    panels: [
      {
        above: `throughput (${unit.name})`,
        height: 340,
        left: 44,
        plot: sizes.length === 0 ? { empty: 'no cell has a figure' } : plot,
      },
    ],
    legend: [
      ...ratesLegend(rates),
      ...(line.length > 0
        ? [
            {
              name: `line rate of ${speed}`,
              line: LINE,
              ...(seen.length === 0 ? { note: 'all above the picture' } : {}),
            },
          ]
        : []),
    ],
    caption:
      'Each point is the conditional throughput of a search; its bar goes from the highest load that met the goal to the lowest that did not. ' +
      'Points of one frame size stand side by side to be seen.' +
      (line.length > 0 ? ' Line rate: the frame and 20 bytes of preamble and gap.' : ''),
  })

  function plot(width: number, height: number): Plot {
    const pixels = ([from, to]: readonly [number, number]) =>
      (Math.log(to / from) / Math.log(sizes.at(-1)! / sizes[0]!)) * (width - 48)
    const { data, marks } = drawRates(rates, unit.worth)
    return {
      data: [
        {
          name: 'line',
          values: line.map(({ size, rate }) => ({ size, rate: rate / unit.worth, there: true })),
        },
        ...data,
      ],
      scales: [
        {
          name: 'x',
          type: 'log',
          domain: sizes.length === 1 ? [sizes[0]! / 2, sizes[0]! * 2] : [sizes[0]!, sizes.at(-1)!],
          range: [24, width - 24],
        },
        zeroBased(
          'y',
          [largest, ...seen].map((rate) => rate / unit.worth),
          [height, 0],
        ),
      ],
      axes: [upwards(), along('frame size with FCS (bytes)', labelledApart(sizes, pixels))],
      marks: [
        lineMark({ name: 'line-rate', data: 'line', x: on('x', 'size'), y: on('y', 'rate') }, LINE, {
          width: 1.5,
          clip: true,
        }),
        ...marks,
      ],
    }
  }
}

/** At many sizes, since it bends between those that were measured. */
function curveOf(sizes: readonly FrameSize[], speed: BitRate): { size: number; rate: number }[] {
  const [first, last] = [sizes[0], sizes.at(-1)]
  if (first === undefined || last === undefined) return []
  return Array.from({ length: 65 }, (_, index) => {
    const size = first * (last / first) ** (index / 64)
    return { size, rate: lineRate(size as FrameSize, speed) }
  })
}
