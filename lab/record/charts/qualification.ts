/** Baseline against candidate: of each cell the shift with its confidence interval, beside the margin within which both count as equal. */
import type { Mark } from 'vega'
import { wrap } from '../../topology/wrap.ts'
import { INK, SIZE, widthOf } from '../look.ts'
import { along } from './axes.ts'
import { boundMarks, on, pointMark } from './marks.ts'
import { drawPicture, type Heading, type Plot, textMark } from './picture.ts'
import { changeText, figure } from './quantity-text.ts'
import { linear } from './scales.ts'
import { type Verdict, VERDICT_GLYPHS, VERDICTS } from './verdict-glyph.ts'

export interface QualificationRow {
  /** Name of the cell. */
  readonly name: string
  /** Of the candidate against the baseline, as a ratio: −0.02 is 2 % less. null where it cannot be told. */
  readonly shift: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly verdict: Verdict
}

export interface QualificationChart {
  readonly heading: Heading
  readonly rows: readonly QualificationRow[]
  /** As a ratio: 0.01 is ±1 %. */
  readonly margin: number
  /** Of the confidence intervals, as a ratio: 0.95. */
  readonly confidence: number
  readonly better: 'higher' | 'lower'
}

const LEAST_ROW = 24
const LETTERS = 40
/** Of the margin: what is further away is drawn at the edge, or it would press all else together. */
const FURTHEST = 20

export function drawQualification({
  heading,
  rows,
  margin,
  confidence,
  better,
}: QualificationChart): Promise<string> {
  const names = rows.map(({ name }) => wrap(name, LETTERS))
  const row = Math.max(LEAST_ROW, ...names.map((lines) => lines.length * 13 + 8))
  const texts = rows.map(rowText)
  const ends = rows
    .flatMap(({ shift, lower, upper }) => [shift, lower, upper].filter((one) => one !== null))
    .map(Math.abs)
  const edge = Math.min(FURTHEST * margin, Math.max(3 * margin, 1.1 * Math.max(0, ...ends)))
  const verdicts = VERDICTS.filter((verdict) => rows.some((one) => one.verdict === verdict))
  const beyond = ends.some((end) => end > edge)
  return drawPicture({
    kind: 'Candidate against baseline',
    heading,
    panels: [
      {
        above: `change from baseline to candidate; ${better} is better`,
        height: Math.max(1, rows.length) * row,
        left: 10 + widthOf(Math.max(4, ...names.flat().map((line) => line.length)), SIZE.small),
        right: 18 + widthOf(Math.max(0, ...texts.map((text) => text.length)), SIZE.small),
        plot: rows.length === 0 ? { empty: 'no cell was compared' } : plot,
      },
    ],
    legend: [],
    caption:
      `Each row is a cell: the shift and its ${figure(confidence * 100)} % confidence interval. ` +
      `Grey band: the margin of ±${figure(margin * 100)} %; an interval within it is equivalent.` +
      (beyond ? ' An arrow: the figure lies outside the picture and is written beside it.' : ''),
  })

  function plot(width: number, height: number): Plot {
    const within = (value: number) => Math.max(-edge, Math.min(edge, value)) * 100
    const drawn = rows.map(({ shift, lower, upper, verdict }, index) => ({
      y: (index + 0.5) * row,
      verdict,
      there: shift !== null && Math.abs(shift) <= edge,
      bounded: lower !== null && upper !== null,
      shift: within(shift ?? 0),
      lower: within(lower ?? 0),
      upper: within(upper ?? 0),
      beyond: [shift, lower, upper]
        .filter((one) => one !== null && Math.abs(one) > edge)
        .map((one) => Math.sign(one!)),
    }))
    const arrows = drawn.flatMap(({ y, beyond: sides }) =>
      [...new Set(sides)].map((side) => ({ y, x: side * edge * 100, angle: side * 90 })),
    )
    return {
      data: [
        ...verdicts.flatMap((verdict) => {
          const own = drawn.filter((one) => one.verdict === verdict)
          return [
            { name: `of-${verdict}`, values: own.filter(({ there }) => there) },
            { name: `bounded-${verdict}`, values: own.filter(({ bounded }) => bounded) },
          ]
        }),
        { name: 'beyond', values: arrows },
      ],
      scales: [linear('x', [-edge * 100, edge * 100], [0, width])],
      axes: [along('shift (%)', { grid: true, tickCount: 6 })],
      marks: [
        marginMark(margin, edge, width, height),
        zeroMark(width, height),
        ...verdicts.flatMap((verdict) => {
          const glyph = VERDICT_GLYPHS[verdict]
          const colour = verdict === 'inconclusive' ? glyph.stroke : glyph.fill
          return [
            ...boundMarks(
              {
                name: `${verdict}-interval`,
                data: `bounded-${verdict}`,
                x: on('x', 'lower'),
                y: { field: 'y' },
              },
              on('x', 'upper'),
              colour,
              true,
            ),
            pointMark(
              { name: verdict, data: `of-${verdict}`, x: on('x', 'shift'), y: { field: 'y' } },
              glyph,
            ),
          ]
        }),
        arrowMark,
        ...names.flatMap((lines, index) =>
          lines.map((line, place) =>
            textMark(-10, (index + 0.5) * row + 4 + (place - (lines.length - 1) / 2) * 13, line, {
              size: SIZE.small,
              align: 'right',
            }),
          ),
        ),
        ...texts.map((text, index) =>
          textMark(width + 14, (index + 0.5) * row + 4, text, {
            size: SIZE.small,
            bold: rows[index]!.verdict === 'regressed',
            colour: INK,
          }),
        ),
      ],
    }
  }
}

/** `regressed −2.10 % (−2.60 to −1.70)`. */
function rowText({ shift, lower, upper, verdict }: QualificationRow): string {
  if (shift === null) return `${verdict}: no figure on one side`
  const bare = (ratio: number) => changeText(ratio).replace(' %', '')
  const interval = lower === null || upper === null ? 'no interval' : `${bare(lower)} to ${bare(upper)}`
  return `${verdict} ${changeText(shift)} (${interval})`
}

const marginMark = (margin: number, edge: number, width: number, height: number): Mark => ({
  type: 'rect',
  name: 'margin',
  aria: false,
  encode: {
    enter: {
      x: { value: width * (0.5 - margin / edge / 2) },
      width: { value: (width * margin) / edge },
      y: { value: 0 },
      height: { value: height },
      fill: { value: '#e6eaee' },
    },
  },
})

const zeroMark = (width: number, height: number): Mark => ({
  type: 'rule',
  name: 'zero',
  aria: false,
  encode: {
    enter: { x: { value: width / 2 }, y: { value: 0 }, y2: { value: height }, stroke: { value: '#9aa5b1' } },
  },
})

const arrowMark: Mark = {
  type: 'symbol',
  name: 'arrow',
  from: { data: 'beyond' },
  aria: false,
  encode: {
    enter: {
      x: on('x', 'x'),
      y: { field: 'y' },
      shape: { value: 'triangle-up' },
      angle: { field: 'angle' },
      size: { value: 70 },
      fill: { value: INK },
    },
  },
}
