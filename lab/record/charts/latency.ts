/** Latency by percentile, one line for each load: each nine takes as much room as the one before, so that the tail is seen. */
import { along, labelled, upwards } from './axes.ts'
import { lineMark, on, pointMark, symbolOf } from './marks.ts'
import { drawPicture, type Heading, type Plot } from './picture.ts'
import { timeText } from './quantity-text.ts'
import { levelsAround, linear } from './scales.ts'
import { seriesStyles } from './series-style.ts'

export interface LatencyChart {
  readonly heading: Heading
  readonly series: readonly {
    /** Of the load: `50 % of PDR`. */
    readonly name: string
    /** Nanoseconds below which that part of the frames (0 to 1) arrived; 1 is the slowest frame. */
    readonly points: readonly { readonly part: number; readonly ns: number | null }[]
  }[]
}

/** Where a percentile lies: 0 at 0 %, 1 at 90 %, 2 at 99 %. */
const nines = (part: number): number => -Math.log10(1 - part)
const HALF = 0.5

export function drawLatency({ heading, series }: LatencyChart): Promise<string> {
  const styles = seriesStyles(series.map(({ name }) => name))
  const points = series.flatMap((one) => one.points)
  const last = Math.max(1, ...points.flatMap(({ part }) => (part < 1 ? [nines(part)] : [])))
  const slowest = points.some(({ part }) => part >= 1)
  // The slowest frame has no percentile; it stands a bit behind the last.
  const end = slowest ? last + HALF : last
  // A histogram begins at 0 ns, which a logarithm does not know.
  const times = points.flatMap(({ ns }) => (ns === null ? [] : [Math.max(1, ns)]))
  return drawPicture({
    kind: 'Latency by percentile',
    heading,
    panels: [
      {
        above: 'latency (logarithmic)',
        height: 340,
        left: 60,
        plot: times.length === 0 ? { empty: 'no frame was timed' } : plot,
      },
    ],
    legend: series.map(({ name }) => {
      const style = styles.get(name)!
      return { name, line: style, symbol: symbolOf(style) }
    }),
    caption:
      'At each percentile: the latency that this part of the frames kept. Every further nine takes the same room' +
      (slowest ? '; max is the slowest frame.' : '.'),
  })

  function plot(width: number, height: number): Plot {
    const ticks = [
      0,
      0.5,
      ...Array.from({ length: Math.floor(last + 1e-9) }, (_, index) => 1 - 10 ** -(index + 1)),
    ]
    const xs = [
      ...ticks.map((part) => ({ at: nines(part), label: percentText(part) })),
      ...(slowest ? [{ at: end, label: 'max' }] : []),
    ]
    const levels = levelsAround(times)
    return {
      data: series
        .map((one, index) => ({
          name: `parts-${index}`,
          values: [...one.points]
            .sort((a, b) => a.part - b.part)
            .map(({ part, ns }) => ({
              x: part < 1 ? nines(part) : end,
              ns: Math.max(1, ns ?? 1),
              there: ns !== null,
            })),
        }))
        .flatMap((data) => [
          data,
          { name: `${data.name}-there`, values: data.values.filter(({ there }) => there) },
        ]),
      scales: [
        linear('x', [0, end], [0, width - 16]),
        { name: 'y', type: 'log', domain: [levels[0]!, levels.at(-1)!], range: [height, 0] },
      ],
      axes: [
        upwards(labelled(levels.map((ns) => ({ at: ns, label: timeText(ns) })))),
        along('percentile of frames (%)', { ...labelled(xs), grid: true }),
      ],
      marks: [
        ...series.map(({ name }, index) =>
          lineMark(
            { name: `latency-${index}-line`, data: `parts-${index}`, x: on('x', 'x'), y: on('y', 'ns') },
            styles.get(name)!,
          ),
        ),
        ...series.map(({ name }, index) =>
          pointMark(
            {
              name: `latency-${index}-points`,
              data: `parts-${index}-there`,
              x: on('x', 'x'),
              y: on('y', 'ns'),
            },
            { ...symbolOf(styles.get(name)!), size: 30 },
          ),
        ),
      ],
    }
  }
}

const percentText = (part: number): string => String(Number((part * 100).toFixed(10)))
