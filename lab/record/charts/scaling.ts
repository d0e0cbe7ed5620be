/** Throughput against cores, one line for each target, with what as many times one core would do. */
import { along, labelledApart, upwards } from './axes.ts'
import { lineMark, on } from './marks.ts'
import { drawPicture, type Heading, type Plot } from './picture.ts'
import { rateUnit } from './quantity-text.ts'
import { drawRates, type Rate, type RateSeries, ratesLegend, ratesOf } from './rates.ts'
import { linear, zeroBased } from './scales.ts'
import { seriesStyles } from './series-style.ts'
import { FAINT } from '../look.ts'

export interface ScalingChart {
  readonly heading: Heading
  readonly series: readonly {
    readonly name: string
    readonly points: readonly (Rate & { readonly cores: number })[]
  }[]
}

const IDEAL = [3, 4] as const

export function drawScaling({ heading, series }: ScalingChart): Promise<string> {
  const styles = seriesStyles(series.map(({ name }) => name))
  const rates = series.map(({ name, points }): RateSeries => ({
    name,
    points: points.map(({ cores, ...rate }) => ({ ...rate, x: cores })),
  }))
  const cores = [...new Set(series.flatMap(({ points }) => points.map((point) => point.cores)))].sort(
    (a, b) => a - b,
  )
  const [first, last] = [cores[0] ?? 1, cores.at(-1) ?? 1]
  const ideals = series.map(({ points }) => points.find((point) => point.cores === 1)?.value ?? null)
  const largest = Math.max(0, ...ratesOf(rates))
  // Ideals far above all that was measured leave the picture.
  const top = Math.min(2 * largest, Math.max(largest, ...ideals.map((one) => (one ?? 0) * last)))
  const unit = rateUnit(top)
  const anyIdeal = ideals.some((one) => one !== null) && last > 1
  return drawPicture({
    kind: 'Throughput by cores',
    heading,
    panels: [
      {
        above: `throughput (${unit.name})`,
        height: 340,
        left: 44,
        plot: cores.length === 0 ? { empty: 'no cell has a figure' } : plot,
      },
    ],
    legend: [
      ...ratesLegend(rates),
      ...(anyIdeal ? [{ name: 'ideal: as many times one core', line: { colour: FAINT, dash: IDEAL } }] : []),
    ],
    caption:
      'Each point is the middle of several trials at more than the DUT can take; its bar goes from the least to the largest.' +
      (anyIdeal ? ' A dotted line in the same colour: what perfect scaling from one core would give.' : ''),
  })

  function plot(width: number, height: number): Plot {
    const { data, marks } = drawRates(rates, unit.worth)
    const drawn = ideals.flatMap((one, index) => (one === null || last === 1 ? [] : [{ one, index }]))
    return {
      data: [
        ...drawn.map(({ one, index }) => ({
          name: `one-core-${index}`,
          values: [1, last].map((many) => ({ cores: many, rate: (many * one) / unit.worth, there: true })),
        })),
        ...data,
      ],
      scales: [
        linear('x', first === last ? [first - 1, last + 1] : [first, last], [24, width - 24]),
        zeroBased('y', [top / unit.worth], [height, 0]),
      ],
      axes: [
        upwards(),
        along(
          'cores of the DUT that share the work',
          labelledApart(cores, ([from, to]) => ((to - from) / (last - first)) * (width - 48)),
        ),
      ],
      marks: [
        ...drawn.map(({ index }) =>
          lineMark(
            { name: `ideal-${index}`, data: `one-core-${index}`, x: on('x', 'cores'), y: on('y', 'rate') },
            { colour: styles.get(series[index]!.name)!.colour, dash: IDEAL },
            { width: 1.5, clip: true },
          ),
        ),
        ...marks,
      ],
    }
  }
}
