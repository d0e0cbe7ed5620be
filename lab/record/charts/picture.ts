/**
 * A chart as a picture that stands alone: title, bed, panels, legend, and what it shows. Vega places scales,
 * axes and marks and writes plain SVG without a browser; the layout is fixed here, so that it depends on no
 * font and the same data give the same bytes.
 */
import { createHash } from 'node:crypto'
import type { Axis, Config, Data, GroupMark, Mark, Scale, Spec, TextMark } from 'vega'
import { escape } from '../../topology/svg.ts'
import { wrap } from '../../topology/wrap.ts'
import { bedText, type RunEnvironment } from '../environment.ts'
import { FAINT, fits, FONT, GROUND, INK, LINE, MARGIN, SIZE, WIDTH } from '../look.ts'
import { drawLegend, type LegendEntry, legendSize } from './legend.ts'

/** What a picture is of: `PDR, linear frames, native`, and on which bed. */
export interface Heading {
  readonly subject: string
  readonly environment: RunEnvironment
}

export interface Plot {
  readonly data: readonly Data[]
  readonly scales: readonly Scale[]
  readonly axes: readonly Axis[]
  readonly marks: readonly Mark[]
}

export interface Panel {
  /** What is upwards and in which unit; written above, where it is read without turning the head. */
  readonly above: string
  readonly height: number
  /** Room for labels beside the plot, in pixels. */
  readonly left: number
  readonly right?: number
  /** Of a plot area of this many pixels; a panel without data says why. */
  readonly plot: ((width: number, height: number) => Plot) | { readonly empty: string }
}

export interface Picture {
  /** Kind of chart: `Throughput by frame size`. */
  readonly kind: string
  readonly heading: Heading
  readonly panels: readonly Panel[]
  readonly legend: readonly LegendEntry[]
  /** How to read it, in sentences. */
  readonly caption: string
}

/** Under a plot: labels and title of its axis. */
const AXIS_BELOW = 58
const ABOVE = 24
const ACROSS = fits(WIDTH - 2 * MARGIN, SIZE.text)

export async function drawPicture(picture: Picture): Promise<string> {
  const { kind, heading } = picture
  const title = heading.subject === '' ? kind : `${kind}: ${heading.subject}`
  const { spec, height } = specOf(picture, title)
  // Loaded with the first picture: it takes longer than all else that a command imports.
  const vega = await import('vega')
  const view = new vega.View(vega.parse(spec, CONFIG), { renderer: 'none', logLevel: vega.Error })
  try {
    const svg = await view.toSVG()
    const font = ` font-family="${escape(FONT)}"`
    return ownIds(svg.replaceAll(font, '')).replace(
      /^<svg[^>]*>/,
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img"${font}><title>${escape(title)}</title>`,
    )
  } finally {
    view.finalize()
  }
}

/**
 * Vega counts its clip paths on from picture to picture. Named by what is drawn they are the same each time,
 * and those of several pictures in one page do not get mixed up.
 */
function ownIds(svg: string): string {
  const found = [...new Set([...svg.matchAll(/ id="clip(\d+)"/g)].map(([, id]) => id!))]
  const renamed = (named: (place: number) => string) =>
    svg.replace(
      /( id="|url\(#)clip(\d+)/g,
      (_, before: string, id: string) => before + named(found.indexOf(id)),
    )
  const print = createHash('sha256').update(renamed(String)).digest('hex').slice(0, 8)
  return renamed((place) => `clip-${print}-${place}`)
}

function specOf(
  { heading, panels, legend, caption }: Picture,
  title: string,
): { spec: Spec; height: number } {
  const titles = wrap(title, fits(WIDTH - 2 * MARGIN, SIZE.title * 1.06))
  const beds = wrap(bedText(heading.environment), ACROSS)
  const captions = wrap(caption, ACROSS)
  const bedTop = MARGIN + 16 + (titles.length - 1) * 24
  const top = bedTop + 8 + beds.length * LINE + 14
  const aside = legendSize(legend)
  const groups: GroupMark[] = []
  let y = top
  for (const panel of panels) {
    groups.push(panelMark(panel, y, WIDTH - 2 * MARGIN - panel.left - (panel.right ?? 8) - aside.width))
    y += ABOVE + panel.height + AXIS_BELOW
  }
  const bottom = Math.max(y, top + ABOVE + aside.height + 8)
  const height = bottom + 14 + captions.length * LINE + MARGIN - 18
  const spec: Spec = {
    width: WIDTH,
    height,
    padding: 0,
    autosize: 'none',
    background: GROUND,
    marks: [
      ...titles.map((line, index) =>
        textMark(MARGIN, MARGIN + 16 + index * 24, line, { size: SIZE.title, bold: true }),
      ),
      ...beds.map((line, index) => textMark(MARGIN, bedTop + 24 + index * LINE, line, { colour: FAINT })),
      ...groups,
      ...drawLegend(legend, WIDTH - MARGIN - aside.width, top + ABOVE),
      ...captions.map((line, index) => textMark(MARGIN, bottom + 14 + index * LINE, line, { colour: FAINT })),
    ],
  }
  return { spec, height }
}

function panelMark({ above, height, left, plot }: Panel, top: number, width: number): GroupMark {
  const { data, scales, axes, marks } =
    typeof plot === 'function' ? plot(width, height) : emptyPlot(plot.empty, width, height)
  return {
    type: 'group',
    aria: false,
    encode: {
      enter: {
        x: { value: MARGIN + left },
        y: { value: top + ABOVE },
        width: { value: width },
        height: { value: height },
      },
    },
    // An axis measures its grid by these.
    signals: [
      { name: 'width', value: width },
      { name: 'height', value: height },
    ],
    data: [...data],
    scales: [...scales],
    axes: axes.map((axis) => ({ aria: false, ...axis })),
    marks: [...marks, textMark(-left, -10, above, { size: SIZE.small, bold: true })],
  }
}

const emptyPlot = (why: string, width: number, height: number): Plot => ({
  data: [],
  scales: [],
  axes: [],
  marks: [textMark(width / 2, height / 2, why, { colour: FAINT, align: 'center' })],
})

export function textMark(
  x: number,
  y: number,
  content: string,
  {
    size = SIZE.text,
    bold = false,
    colour = INK,
    align = 'left',
  }: { size?: number; bold?: boolean; colour?: string; align?: 'left' | 'center' | 'right' } = {},
): TextMark {
  return {
    type: 'text',
    aria: false,
    encode: {
      enter: {
        x: { value: x },
        y: { value: y },
        text: { value: content },
        font: { value: FONT },
        fontSize: { value: size },
        fontWeight: { value: bold ? 700 : 400 },
        fill: { value: colour },
        align: { value: align },
      },
    },
  }
}

const CONFIG: Config = {
  axis: {
    labelFont: FONT,
    labelFontSize: SIZE.small,
    labelColor: FAINT,
    labelPadding: 5,
    titleFont: FONT,
    titleFontSize: SIZE.small,
    titleFontWeight: 700,
    titleColor: INK,
    titlePadding: 8,
    gridColor: '#e6eaee',
    domainColor: '#9aa5b1',
    tickColor: '#9aa5b1',
  },
}
