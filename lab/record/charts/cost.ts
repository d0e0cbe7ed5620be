/** What a frame costs through each target, beside the same path without a redirect. */
import type { Mark } from 'vega'
import { wrap } from '../../topology/wrap.ts'
import { FAINT, GROUND, INK, SIZE, widthOf } from '../look.ts'
import { along } from './axes.ts'
import { boundMarks, on } from './marks.ts'
import { drawPicture, type Heading, type Plot, textMark } from './picture.ts'
import { figure } from './quantity-text.ts'
import { zeroBased } from './scales.ts'

export interface CostRow {
  /** A target, or the answer of the program: `XDP_DROP`, `XDP_TX`. */
  readonly name: string
  /** Per frame; null when it was not measured. */
  readonly ns: number | null
  readonly lower: number | null
  readonly upper: number | null
  /** The same path without a redirect, that the others are compared with. */
  readonly reference?: boolean
}

export interface CostChart {
  readonly heading: Heading
  readonly rows: readonly CostRow[]
}

const LEAST_ROW = 34
const BAR = 18
const LETTERS = 26

export function drawCost({ heading, rows }: CostChart): Promise<string> {
  const references = rows.filter(({ reference }) => reference)
  const ordered = [...references, ...rows.filter(({ reference }) => !reference)]
  const names = ordered.map(({ name }) => wrap(name, LETTERS))
  const row = Math.max(LEAST_ROW, ...names.map((lines) => lines.length * 13 + 10))
  const left = 10 + widthOf(Math.max(4, ...names.flat().map((line) => line.length)), SIZE.small)
  const texts = ordered.map((one) => rowText(one, references))
  const values = rows.flatMap(({ ns, upper }) => [ns ?? 0, upper ?? 0])
  return drawPicture({
    kind: 'Cost of a frame',
    heading,
    panels: [
      {
        above: 'time per frame; less is better',
        height: Math.max(1, ordered.length) * row,
        left,
        right: 16 + widthOf(Math.max(0, ...texts.map((text) => text.length)), SIZE.small),
        plot: rows.every(({ ns }) => ns === null) ? { empty: 'nothing was measured' } : plot,
      },
    ],
    legend: [],
    caption:
      'Time that the DUT spends on a frame; bars of bounds where there are any.' +
      (references.length > 0
        ? ' Grey: the same path without a redirect; the dashed lines carry it down to compare.'
        : ''),
  })

  function plot(width: number, height: number): Plot {
    const middle = (index: number) => (index + 0.5) * row
    const data = ordered.map((one, index) => ({
      y: middle(index),
      ns: one.ns ?? 0,
      lower: one.lower ?? 0,
      upper: one.upper ?? 0,
      bounded: one.ns !== null && one.lower !== null && one.upper !== null,
      colour: one.reference ? '#94a0ad' : '#0072b2',
    }))
    return {
      data: [
        { name: 'rows', values: data },
        { name: 'bounded', values: data.filter(({ bounded }) => bounded) },
        {
          name: 'references',
          values: data.filter((_, index) => ordered[index]!.reference && ordered[index]!.ns !== null),
        },
      ],
      scales: [zeroBased('x', values, [0, width])],
      axes: [along('time per frame (ns)', { grid: true, tickCount: 5 })],
      marks: [
        barMark,
        referenceMark(height),
        ...boundMarks(
          { name: 'bounds', data: 'bounded', x: on('x', 'lower'), y: { field: 'y' } },
          on('x', 'upper'),
          INK,
          true,
        ),
        ...names.flatMap((lines, index) =>
          lines.map((line, place) =>
            textMark(-8, middle(index) + 4 + (place - (lines.length - 1) / 2) * 13, line, {
              size: SIZE.small,
              align: 'right',
            }),
          ),
        ),
        ...texts.map((text, index) =>
          textMark(width + 12, middle(index) + 4, text, { size: SIZE.small, colour: INK }),
        ),
      ],
    }
  }
}

/** `142 ns (138 to 147), +98 against XDP_DROP`. */
function rowText({ ns, lower, upper, reference }: CostRow, references: readonly CostRow[]): string {
  if (ns === null) return 'not measured'
  const bounds = lower === null || upper === null ? '' : ` (${figure(lower)} to ${figure(upper)})`
  const over = reference
    ? []
    : references.flatMap((one) => (one.ns === null ? [] : [`${signed(ns - one.ns)} against ${one.name}`]))
  return [`${figure(ns)} ns${bounds}`, ...over].join(', ')
}

const signed = (ns: number): string => `${ns < 0 ? '−' : '+'}${figure(Math.abs(ns))}`

const barMark: Mark = {
  type: 'rect',
  name: 'cost',
  from: { data: 'rows' },
  aria: false,
  encode: {
    enter: {
      x: { scale: 'x', value: 0 },
      x2: on('x', 'ns'),
      y: { field: 'y', offset: -BAR / 2 },
      height: { value: BAR },
      fill: { field: 'colour' },
      stroke: { value: GROUND },
    },
  },
}

const referenceMark = (height: number): Mark => ({
  type: 'rule',
  name: 'reference',
  from: { data: 'references' },
  aria: false,
  encode: {
    enter: {
      x: on('x', 'ns'),
      y: { field: 'y', offset: BAR / 2 },
      y2: { value: height },
      stroke: { value: FAINT },
      strokeDash: { value: [3, 3] },
    },
  },
})
