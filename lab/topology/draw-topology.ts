/** Draws a topology as text of at most 78 columns: two hosts side by side, cables straight between them. */
import type { Topology } from './schema.ts'
import { type HostSketch, type PortSketch, type Row, sketch } from './sketch.ts'
import { length, wrap, wrapWords } from './wrap.ts'

const COLUMNS = 78
const INNER = 29
const BOX = INNER + 2
const GAP = COLUMNS - 2 * BOX
const SPACE = ' '.repeat(GAP)
const CABLE = '─'.repeat(GAP)
/** Of the text within a box. */
const TEXT = INNER - 2

/** Lines end without spaces; the last ends without a newline. */
export function drawTopology(topology: Topology): string {
  const { name, description, generator, dut, rows, notes } = sketch(topology)
  const labelWidth = Math.max(...notes.map(({ label }) => label.length), 0)
  const title = description === '' ? name : `${name}: ${description}`
  const lines = [
    ...wrap(title, COLUMNS),
    '',
    `┌${heading(generator)}┐${SPACE}┌${heading(dut)}┐`,
    ...beside(wrapWords(generator.at, TEXT, ''), wrapWords(dut.at, TEXT, '')),
    ...rows.flatMap(drawRow),
    `└${'─'.repeat(INNER)}┘${SPACE}└${'─'.repeat(INNER)}┘`,
    ...(notes.length > 0 ? [''] : []),
    ...notes.flatMap(({ label, text }) =>
      wrap(text, COLUMNS - labelWidth - 2).map(
        (line, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}  ${line}`,
      ),
    ),
  ]
  return lines.map((line) => line.trimEnd()).join('\n')
}

function heading({ title }: HostSketch): string {
  return `─ ${title} `.padEnd(INNER, '─')
}

function drawRow({ generator, dut }: Row): string[] {
  const [left, right] = [generator?.name ?? '', dut?.name ?? '']
  const cable = generator && dut ? `├${CABLE}┤` : `│${SPACE}│`
  return [
    ...beside([''], ['']),
    `│${toTheRight(left)}${cable}${toTheLeft(right)}│`,
    ...beside(details(generator), details(dut), toTheRight),
  ]
}

function details(port: PortSketch | undefined): string[] {
  return port === undefined ? [] : wrapWords(port.details, TEXT, ' · ')
}

/** Lines of both boxes, as many as the longer of the two needs. */
function beside(left: readonly string[], right: readonly string[], alignLeft = toTheLeft): string[] {
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, index) => `│${alignLeft(left[index] ?? '')}│${SPACE}│${toTheLeft(right[index] ?? '')}│`,
  )
}

function toTheLeft(text: string): string {
  return ` ${text}${' '.repeat(TEXT - length(text))} `
}

function toTheRight(text: string): string {
  return ` ${' '.repeat(TEXT - length(text))}${text} `
}
