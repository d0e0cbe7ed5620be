/** The grid of an overview in words: for a terminal, and wherever else letters have one width. */
import { length, wrap } from '../topology/wrap.ts'
import {
  type Answer,
  ANSWERS,
  COLUMNS,
  type Counts,
  type Field,
  type Note,
  type Overview,
} from './overview.ts'

export const SYMBOL: Readonly<Record<Answer, string>> = {
  works: '✓',
  fails: '✗',
  refused: '⊘',
  skipped: '–',
  'no answer': '?',
  'not run': '·',
}

export const MEANING: Readonly<Record<Answer, string>> = {
  works: 'every frame arrives whole',
  fails: 'a claim does not hold',
  refused: 'the kernel or driver refuses it, as documented',
  skipped: 'not tried, for a proven reason',
  'no answer': 'the lab broke: nothing is said about the driver',
  'not run': 'its table was not run',
}

const WIDTH = 100
const INDENT = '    '

const fieldName = ({ target, frames, mode }: Note['of'][number]): string => `${target} ${frames} ${mode}`

const fieldsOf = ({ rows }: Overview): Field[] => rows.flatMap(({ fields }) => fields)

/** The whole answer in one sentence. It begins with a word that the report's categories know. */
export function verdictText(overview: Overview): string {
  const fields = fieldsOf(overview)
  const named = (answer: Answer) => fields.filter((field) => field.answer === answer).map(fieldName)
  const [works, fails, refused, unknown] = [
    named('works'),
    named('fails'),
    named('refused'),
    named('no answer'),
  ]
  if (fails.length > 0) return `FAILS: ${fails.join(', ')}`
  if (unknown.length > 0) return `INFRA: no answer for ${unknown.join(', ')}`
  const tried = fields.length - named('not run').length
  if (tried === 0) return 'No table was run, which would say what works'
  return [
    works.length === tried
      ? `Works: ${tried} of ${tried} fields`
      : `Works: ${works.length} of ${tried} fields`,
    ...(refused.length > 0 ? [`refused as documented: ${refused.join(', ')}`] : []),
  ].join('; ')
}

/** Headings, a line a target, and the meaning of the symbols that occur. */
export function gridText(overview: Overview): string {
  const { rows } = overview
  const first = Math.max(...rows.map(({ target }) => target.length)) + 3
  const widths = COLUMNS.map(({ frames, mode }) => Math.max(frames.length, mode.length) + 3)
  const line = (head: string, texts: readonly string[]) =>
    (pad(head, first) + texts.map((text, column) => pad(text, widths[column]!)).join('')).trimEnd()
  const answers = new Set(fieldsOf(overview).map(({ answer }) => answer))
  return [
    line(
      '',
      COLUMNS.map(({ frames }, column) => (COLUMNS[column - 1]?.frames === frames ? '' : frames)),
    ),
    line(
      '',
      COLUMNS.map(({ mode }) => mode),
    ),
    ...rows.map(({ target, fields }) =>
      line(
        target,
        fields.map(({ answer, notes }) => SYMBOL[answer] + notes.map(superscript).join(' ')),
      ),
    ),
    '',
    ...ANSWERS.filter((answer) => answers.has(answer)).map(
      (answer) => `${SYMBOL[answer]} ${answer}: ${MEANING[answer]}`,
    ),
  ].join('\n')
}

/** Every reason, with its fields, extent and remedy. */
export function notesText({ notes }: Overview): string {
  return notes.map(noteText).join('\n')
}

function noteText(note: Note): string {
  const { head, body } = noteWords(note)
  const mark = superscript(note.number).padEnd(INDENT.length)
  const lines = [head, ...body].flatMap((text) => wrap(text, WIDTH - INDENT.length))
  return lines.map((line, index) => (index === 0 ? mark : INDENT) + line).join('\n')
}

/** What a note says, in lines of any length. */
export function noteWords({ of, kind, what, meaning, cells, others, title }: Note): {
  head: string
  body: readonly string[]
} {
  // A field that works, or was not tried, says so: its note is a reservation.
  const aside = of.every(({ answer }) => answer !== kind) ? `${of[0]!.answer}, but ` : ''
  const extent = [
    ...(cells > 0 ? [plural(cells, 'cell')] : []),
    ...(others > 0 ? [plural(others, 'other test')] : []),
  ].join(' and ')
  return {
    head: `${namesOf(of)}: ${aside}${kind}: ${what}`,
    body: [...(meaning === undefined ? [] : [meaning]), `In ${extent}, first: ${title}`],
  }
}

function namesOf(fields: Note['of']): string {
  const targets = [...new Set(fields.map(({ target }) => target))]
  return targets
    .flatMap((target) => {
      const names = fields.filter((field) => field.target === target).map(fieldName)
      return names.length === COLUMNS.length ? [`all of ${target}`] : names
    })
    .join(', ')
}

export function countsText({ counts, others }: Overview): string {
  const tests =
    others.tests === 0
      ? ''
      : `; ${others.held} of ${others.tests} other tests hold${others.unexplained === 0 ? '' : `, ${number(others.unexplained)} frames of theirs unexplained`}`
  return `${plural(counts.cells, 'cell')}: ${framesText(counts)}${tests}`
}

export function framesText({ offered, lost, unexplained }: Omit<Counts, 'cells'>): string {
  return `${plural(offered, 'frame')} offered, ${number(lost)} lost with a name, ${number(unexplained)} unexplained`
}

/** Each field of a target in a line: `✓ linear native, ✗ non-linear native (1299 redirect: ENOSPC)`. */
export function rowText({ fields }: Overview['rows'][number], overview: Overview): string {
  return fields
    .map((field) => {
      const { answer, frames, mode } = field
      const reason = answer === 'fails' ? reasonText(field, overview, 30) : undefined
      return `${SYMBOL[answer]} ${frames} ${mode}${reason === undefined ? '' : ` (${reason})`}`
    })
    .join(', ')
}

/** Why a field has its answer, in few words; undefined when it needs no reason. */
export function reasonText({ answer, notes }: Field, overview: Overview, width: number): string | undefined {
  const note = overview.notes.find(({ kind, number }) => kind === answer && notes.includes(number))
  return note && shorten(note.what.replace(/^[A-Z]+: /, ''), width)
}

/** At most so many characters, cut between words. */
export function shorten(text: string, width: number): string {
  if (length(text) <= width) return text
  const [line = ''] = wrap(text, width - 1)
  return `${line.replace(/[\s,;:.]+$/, '')}…`
}

export const superscript = (value: number): string =>
  String(value).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - length(text)))
const number = (value: number): string => value.toLocaleString('en-US')
export const plural = (value: number, word: string): string =>
  `${number(value)} ${word}${value === 1 ? '' : 's'}`
