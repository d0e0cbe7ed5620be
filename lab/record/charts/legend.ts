/** What the colours, shapes and dashes of a picture mean, to the right of its panels. */
import type { Mark } from 'vega'
import { wrap } from '../../topology/wrap.ts'
import { FAINT, FONT, GROUND, INK, SIZE, widthOf } from '../look.ts'

export interface LegendEntry {
  readonly name: string
  /** Second line, fainter. */
  readonly note?: string
  readonly line?: { readonly colour: string; readonly dash: readonly number[] }
  readonly symbol?: Glyph
  readonly band?: { readonly colour: string }
}

export interface Glyph {
  readonly shape: string
  readonly fill: string
  readonly stroke: string
  readonly size: number
}

const LETTERS = 28
const SAMPLE = 34
const ROW = 16
const BEFORE = 24

/** A row of each entry: how many lines it takes, and what they say. */
const rowsOf = (entries: readonly LegendEntry[]) =>
  entries.map((entry) => ({
    entry,
    names: wrap(entry.name, LETTERS),
    notes: entry.note === undefined ? [] : wrap(entry.note, LETTERS),
  }))

/** In pixels, with the gap before it. */
export function legendSize(entries: readonly LegendEntry[]): { width: number; height: number } {
  const rows = rowsOf(entries)
  if (rows.length === 0) return { width: 0, height: 0 }
  const letters = Math.max(
    ...rows.flatMap(({ names, notes }) => [...names, ...notes]).map((line) => line.length),
  )
  const lines = rows.reduce((sum, { names, notes }) => sum + names.length + notes.length, 0)
  return { width: BEFORE + SAMPLE + widthOf(letters, SIZE.small), height: lines * ROW + rows.length * 6 }
}

export function drawLegend(entries: readonly LegendEntry[], left: number, top: number): Mark[] {
  let y = top
  const placed = rowsOf(entries).map(({ entry, names, notes }) => {
    const at = { entry, names, notes, y }
    y += (names.length + notes.length) * ROW + 6
    return at
  })
  const x = left + BEFORE
  return placed.flatMap(({ entry: { line, symbol, band }, names, notes, y: first }): Mark[] => [
    ...(band ? [bandSample(x, first, band.colour)] : []),
    ...(line ? [lineSample(x, first + 6, line)] : []),
    ...(symbol ? [symbolSample(x + 13, first + 6, symbol)] : []),
    ...[...names, ...notes].map((content, index) =>
      label(x + SAMPLE, first + 10 + index * ROW, content, index < names.length),
    ),
  ])
}

const bandSample = (x: number, y: number, colour: string): Mark => ({
  type: 'rect',
  aria: false,
  encode: {
    enter: {
      x: { value: x },
      y: { value: y },
      width: { value: 26 },
      height: { value: 12 },
      fill: { value: colour },
    },
  },
})

const lineSample = (
  x: number,
  y: number,
  { colour, dash }: { colour: string; dash: readonly number[] },
): Mark => ({
  type: 'rule',
  aria: false,
  encode: {
    enter: {
      x: { value: x },
      x2: { value: x + 26 },
      y: { value: y },
      stroke: { value: colour },
      strokeWidth: { value: 2 },
      strokeDash: { value: [...dash] },
    },
  },
})

const symbolSample = (x: number, y: number, { shape, fill, stroke, size }: Glyph): Mark => ({
  type: 'symbol',
  aria: false,
  encode: {
    enter: {
      x: { value: x },
      y: { value: y },
      shape: { value: shape },
      size: { value: size },
      fill: { value: fill },
      stroke: { value: stroke },
      strokeWidth: { value: stroke === GROUND ? 0.8 : 1.8 },
    },
  },
})

const label = (x: number, y: number, content: string, strong: boolean): Mark => ({
  type: 'text',
  aria: false,
  encode: {
    enter: {
      x: { value: x },
      y: { value: y },
      text: { value: content },
      font: { value: FONT },
      fontSize: { value: SIZE.small },
      fill: { value: strong ? INK : FAINT },
    },
  },
})
