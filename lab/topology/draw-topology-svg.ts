/** Draws a topology as a picture for reports: self-contained SVG on a light ground. */
import type { Topology } from './schema.ts'
import { type HostSketch, type PortSketch, type Row, sketch } from './sketch.ts'
import { escape, rectangle, text } from './svg.ts'
import { wrap, wrapWords } from './wrap.ts'

const WIDTH = 760
const MARGIN = 24
const BOX = 276
const LEFT = MARGIN
const RIGHT = WIDTH - MARGIN - BOX
const LINE = 19
const PADDING = 18
const SOCKET = 12
/** Above and below the text of a port. */
const ROW_GAP = 22

/** Fonts differ from viewer to viewer: the widest common monospace advance is 0.62 of its size. */
const ADVANCE = 0.62
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, &quot;DejaVu Sans Mono&quot;, monospace'
const fits = (width: number, size: number): number => Math.floor(width / (size * ADVANCE))

const SIZE = { title: 17, host: 14, text: 12.5 } as const
const IN_BOX = fits(BOX - 2 * PADDING, SIZE.text)
const ACROSS = fits(WIDTH - 2 * MARGIN, SIZE.text)

const COLOURS = {
  ground: '#ffffff',
  ink: '#1f2933',
  faint: '#5f6c7b',
  border: '#c3ccd6',
  generator: { fill: '#f2f7fd', head: '#dcebfa', accent: '#2166b0' },
  dut: { fill: '#fdf7ef', head: '#faead2', accent: '#b3631b' },
  cable: '#45525f',
} as const
type Side = 'generator' | 'dut'
type Anchor = 'start' | 'end'

export function drawTopologySvg(topology: Topology): string {
  const drawn = sketch(topology)
  const head = drawHead(drawn.name, drawn.description)
  const hosts = drawHosts(drawn.generator, drawn.dut, drawn.rows, head.bottom)
  const notes = drawNotes(drawn.notes, hosts.bottom)
  const height = notes.bottom + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="${MONO}" font-size="${SIZE.text}" fill="${COLOURS.ink}">`,
    `<title>Topology ${escape(drawn.name)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="${COLOURS.ground}"/>`,
    ...head.elements,
    ...hosts.elements,
    ...notes.elements,
    '</svg>',
    '',
  ].join('\n')
}

interface Drawn {
  readonly elements: readonly string[]
  readonly bottom: number
}

function drawHead(name: string, description: string): Drawn {
  const titles = wrap(name, fits(WIDTH - 2 * MARGIN, SIZE.title))
  const lines = description === '' ? [] : wrap(description, ACROSS)
  const titleBottom = MARGIN + titles.length * 22
  return {
    elements: [
      ...titles.map((line, index) =>
        text(MARGIN, MARGIN + 16 + index * 22, line, `font-size="${SIZE.title}" font-weight="700"`),
      ),
      ...lines.map((line, index) =>
        text(MARGIN, titleBottom + 14 + index * LINE, line, `fill="${COLOURS.faint}"`),
      ),
    ],
    bottom: titleBottom + lines.length * LINE,
  }
}

function drawHosts(generator: HostSketch, dut: HostSketch, rows: readonly Row[], above: number): Drawn {
  const top = above + 20
  const headHeight = 32
  const places = { generator: wrapWords(generator.at, IN_BOX, ''), dut: wrapWords(dut.at, IN_BOX, '') }
  let y = top + headHeight + 10 + Math.max(places.generator.length, places.dut.length) * LINE
  const ports = rows.map((row) => {
    const drawn = drawRow(row, y)
    y = drawn.bottom
    return drawn
  })
  const bottom = y + ROW_GAP
  const box = (side: Side, { title }: HostSketch, x: number) => [
    rectangle(x, top, BOX, bottom - top, `rx="8" fill="${COLOURS[side].fill}"`),
    `<path d="M${x} ${top + headHeight} v-${headHeight - 8} a8 8 0 0 1 8 -8 h${BOX - 16} a8 8 0 0 1 8 8 v${headHeight - 8} z" fill="${COLOURS[side].head}"/>`,
    rectangle(x, top, BOX, bottom - top, `rx="8" fill="none" stroke="${COLOURS.border}"`),
    text(
      x + PADDING,
      top + 21,
      title,
      `font-size="${SIZE.host}" font-weight="700" fill="${COLOURS[side].accent}"`,
    ),
    ...places[side].map((line, index) =>
      text(x + PADDING, top + headHeight + 20 + index * LINE, line, `fill="${COLOURS.faint}"`),
    ),
  ]
  return {
    elements: [
      ...box('generator', generator, LEFT),
      ...box('dut', dut, RIGHT),
      ...ports.flatMap(({ elements }) => elements),
    ],
    bottom,
  }
}

function drawRow({ generator, dut }: Row, above: number): Drawn {
  const y = above + ROW_GAP + 10
  const [from, to] = [LEFT + BOX, RIGHT]
  const ends = [
    ...(generator ? [drawPort(generator, 'generator', from, y)] : []),
    ...(dut ? [drawPort(dut, 'dut', to, y)] : []),
  ]
  const cable = `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" stroke="${COLOURS.cable}" stroke-width="2.5"/>`
  return {
    elements: [...(generator && dut ? [cable] : []), ...ends.flatMap(({ elements }) => elements)],
    bottom: Math.max(...ends.map(({ bottom }) => bottom)),
  }
}

/** A socket on the edge of the box, its text beside it on the inside. */
function drawPort({ name, details }: PortSketch, side: Side, edge: number, y: number): Drawn {
  const [anchor, x]: [Anchor, number] =
    side === 'generator' ? ['end', edge - PADDING] : ['start', edge + PADDING]
  const lines = wrapWords(details, IN_BOX, ' · ')
  return {
    elements: [
      rectangle(
        edge - SOCKET / 2,
        y - SOCKET / 2,
        SOCKET,
        SOCKET,
        `rx="2.5" fill="${COLOURS.ground}" stroke="${COLOURS[side].accent}" stroke-width="2"`,
      ),
      text(x, y + 4.5, name, `font-size="${SIZE.host}" font-weight="700" text-anchor="${anchor}"`),
      ...lines.map((line, index) =>
        text(x, y + 4.5 + (index + 1) * LINE, line, `fill="${COLOURS.faint}" text-anchor="${anchor}"`),
      ),
    ],
    bottom: y + 8 + lines.length * LINE,
  }
}

function drawNotes(notes: readonly { label: string; text: string }[], above: number): Drawn {
  const indent = Math.max(...notes.map(({ label }) => label.length), 0) + 2
  const lines = notes.flatMap(({ label, text: note }) =>
    wrap(note, ACROSS - indent).map((line, index) => ({ label: index === 0 ? label : '', line })),
  )
  const textX = MARGIN + indent * SIZE.text * ADVANCE
  return {
    elements: lines.flatMap(({ label, line }, index) => {
      const y = above + 30 + index * LINE
      return [
        ...(label === '' ? [] : [text(MARGIN, y, label, `fill="${COLOURS.faint}"`)]),
        text(textX, y, line),
      ]
    }),
    bottom: lines.length === 0 ? above : above + 16 + lines.length * LINE,
  }
}
