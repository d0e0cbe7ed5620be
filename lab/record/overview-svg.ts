/** The grid of an overview as a picture for reports: self-contained SVG on a light ground. */
import { escape, rectangle, text } from '../topology/svg.ts'
import { wrap } from '../topology/wrap.ts'
import { type Answer, ANSWERS, COLUMNS, type Field, type Overview } from './overview.ts'
import { bedText, type RunEnvironment } from './environment.ts'
import { FAINT, fits, FONT, GROUND, INK, LINE, MARGIN, SIZE, WIDTH } from './look.ts'
import { countsText, MEANING, noteWords, plural, reasonText, verdictText } from './overview-text.ts'

const HEAD = 128
const GAP = 8
const FIELD = { width: (WIDTH - 2 * MARGIN - HEAD) / COLUMNS.length, height: 78 } as const

const ACROSS = fits(WIDTH - 2 * MARGIN, SIZE.text)
const IN_FIELD = fits(FIELD.width - GAP - 24, SIZE.small)

const COLOURS: Readonly<Record<Answer, { fill: string; edge: string; ink: string }>> = {
  works: { fill: '#e2f4e4', edge: '#8fcf99', ink: '#176b2c' },
  fails: { fill: '#fde4e2', edge: '#ee9a94', ink: '#b3201a' },
  refused: { fill: '#fdf0d2', edge: '#e2bd68', ink: '#855600' },
  skipped: { fill: '#eef1f4', edge: '#c3ccd6', ink: '#55616f' },
  'no answer': { fill: '#eef1f4', edge: '#c3ccd6', ink: '#55616f' },
  'not run': { fill: '#ffffff', edge: '#dde3e9', ink: '#7a8694' },
}

interface Drawn {
  readonly elements: readonly string[]
  readonly bottom: number
}

export function drawOverviewSvg(overview: Overview, environment: RunEnvironment): string {
  const head = drawHead(overview, environment)
  const grid = drawGrid(overview, head.bottom + 16)
  const notes = drawNotes(overview, grid.bottom)
  const legend = drawLegend(overview, notes.bottom + 14)
  const height = legend.bottom + MARGIN - 8
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="${escape(FONT)}" font-size="${SIZE.text}" fill="${INK}">`,
    `<title>${escape(verdictText(overview))}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="${GROUND}"/>`,
    ...[head, grid, notes, legend].flatMap(({ elements }) => elements),
    '</svg>',
    '',
  ].join('\n')
}

function drawHead(overview: Overview, environment: RunEnvironment): Drawn {
  const title = `XDP_REDIRECT${environment['driver'] === undefined ? '' : ` on ${environment['driver']}`}: what works`
  const lines = [bedText(environment), countsText(overview)]
    .filter((line) => line !== '')
    .flatMap((line) => wrap(line, ACROSS))
  return {
    elements: [
      text(MARGIN, MARGIN + 16, title, `font-size="${SIZE.title}" font-weight="700"`),
      ...lines.map((line, index) => text(MARGIN, MARGIN + 40 + index * LINE, line, `fill="${FAINT}"`)),
    ],
    bottom: MARGIN + 24 + lines.length * LINE,
  }
}

const columnX = (column: number): number => MARGIN + HEAD + column * FIELD.width

function drawGrid(overview: Overview, top: number): Drawn {
  const headings = COLUMNS.flatMap(({ frames, mode }, column) => [
    ...(COLUMNS[column - 1]?.frames === frames
      ? []
      : [text(columnX(column), top + 14, BUFFERS[frames], 'font-weight="700"')]),
    text(columnX(column), top + 34, mode, `fill="${FAINT}"`),
  ])
  const first = top + 44
  return {
    elements: [
      ...headings,
      ...overview.rows.flatMap(({ target, fields }, row) => {
        const y = first + row * (FIELD.height + GAP)
        return [
          text(MARGIN, y + FIELD.height / 2 + 5, target, `font-size="${SIZE.word}" font-weight="700"`),
          ...fields.flatMap((field, column) => drawField(field, overview, columnX(column), y)),
        ]
      }),
    ],
    bottom: first + overview.rows.length * (FIELD.height + GAP),
  }
}

const BUFFERS = {
  linear: 'linear frames (one buffer)',
  'non-linear': 'non-linear frames (several buffers)',
} as const

function drawField(field: Field, overview: Overview, x: number, y: number): string[] {
  const { answer, notes, counts } = field
  const { fill, edge, ink } = COLOURS[answer]
  const reason = reasonText(field, overview, 2 * IN_FIELD - 6)
  const lines =
    reason !== undefined
      ? wrap(reason, IN_FIELD).slice(0, 2)
      : counts.cells > 0
        ? [plural(counts.cells, 'cell'), plural(counts.offered, 'frame')]
        : []
  const width = FIELD.width - GAP
  return [
    rectangle(x, y, width, FIELD.height, `rx="6" fill="${fill}" stroke="${edge}"`),
    drawSymbol(answer, x + 20, y + 20),
    text(x + 36, y + 25.5, answer, `font-size="${SIZE.word}" font-weight="700" fill="${ink}"`),
    ...notes.map((number, index) =>
      text(
        x + width - 10 - 20 * (notes.length - 1 - index),
        y + 21,
        String(number),
        `font-size="${SIZE.small}" font-weight="700" text-anchor="end" fill="${ink}"`,
      ),
    ),
    ...lines.map((line, index) =>
      text(x + 12, y + 47 + index * 16, line, `font-size="${SIZE.small}" fill="${INK}"`),
    ),
  ]
}

/** Drawn, since fonts lack some of these letters. */
function drawSymbol(answer: Answer, x: number, y: number): string {
  const pen = `fill="none" stroke="${COLOURS[answer].ink}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"`
  const at = (path: string) => `<path transform="translate(${x} ${y})" d="${path}" ${pen}/>`
  switch (answer) {
    case 'works':
      return at('M-7 0 L-2 5.5 L7 -5.5')
    case 'fails':
      return at('M-5.5 -5.5 L5.5 5.5 M5.5 -5.5 L-5.5 5.5')
    case 'refused':
      return at('M6.5 0 A6.5 6.5 0 1 1 -6.5 0 A6.5 6.5 0 1 1 6.5 0 M-4.6 4.6 L4.6 -4.6')
    case 'skipped':
      return at('M-6 0 L6 0')
    case 'no answer':
      return at('M-4 -3 A4 4 0 1 1 1.5 0.6 Q0 1.5 0 3 M0 7 L0 7')
    case 'not run':
      return at('M0 0 L0 0')
    default:
      return answer satisfies never
  }
}

/** The symbols that occur. */
function drawLegend({ rows }: Overview, top: number): Drawn {
  const answers = new Set(rows.flatMap(({ fields }) => fields.map(({ answer }) => answer)))
  const lines = ANSWERS.filter((answer) => answers.has(answer))
  return {
    elements: lines.flatMap((answer, index) => {
      const y = top + 10 + index * (LINE + 4)
      return [
        drawSymbol(answer, MARGIN + 8, y),
        text(
          MARGIN + 26,
          y + 4.5,
          answer,
          `font-size="${SIZE.text}" font-weight="700" fill="${COLOURS[answer].ink}"`,
        ),
        text(MARGIN + HEAD, y + 4.5, MEANING[answer], `fill="${FAINT}"`),
      ]
    }),
    bottom: top + lines.length * (LINE + 4),
  }
}

/** Every reason, written out. */
function drawNotes({ notes }: Overview, above: number): Drawn {
  const indent = 30
  const width = fits(WIDTH - 2 * MARGIN - indent, SIZE.text)
  const elements: string[] = []
  let y = above
  for (const note of notes) {
    const { head, body } = noteWords(note)
    const { ink } = COLOURS[note.kind]
    y += 10
    elements.push(text(MARGIN + 8, y + LINE, String(note.number), `font-weight="700" fill="${ink}"`))
    // Bold letters are wider.
    for (const line of wrap(head, Math.floor(width * 0.9)))
      elements.push(text(MARGIN + indent, (y += LINE), line, `font-weight="700" fill="${ink}"`))
    for (const line of body.flatMap((one) => wrap(one, width)))
      elements.push(text(MARGIN + indent, (y += LINE), line, `fill="${FAINT}"`))
  }
  return { elements, bottom: notes.length === 0 ? above : y + 14 }
}
