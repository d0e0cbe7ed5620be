/** `lab history`: how the figures of cells went over the runs. */
import type { Quantity } from '../record/measurement.ts'
import { figureText, quantityText } from '../record/quantity-text.ts'
import { type CellFilter, cellName } from '../record/store/cell-name.ts'
import { type History, historyOf, LINE_WIDTH } from '../record/store/history.ts'
import { RunIndex } from '../record/store/run-index.ts'
import { beganOf } from '../record/store/run-names.ts'
import { ABSENT, type Series, type TestHistory, VERDICT_LETTERS } from '../record/store/series.ts'
import { inColumns } from './columns.ts'
import { writeHtml, writeSvg } from './history-pictures.ts'
import { sayUnread } from './say-unread.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly all?: boolean
  readonly quantity?: Quantity
  readonly last: number
  readonly results: string
  readonly svg?: string
  readonly html?: string
}

export interface NamedCells {
  /** As it was asked for. */
  readonly text: string
  readonly filter: CellFilter
}

/** @throws WrongUse unless cells are named or all are asked for, and what is drawn can be written. */
export async function history(
  cells: NamedCells | undefined,
  { all, quantity, last, results, svg, html }: Flags,
): Promise<void> {
  if ((cells === undefined) === (all === undefined))
    throw new WrongUse(
      'name a cell, as devmap/linear/native/64 or just devmap, or ask for --all of them; not both',
    )
  const index = RunIndex.open(results, console.error)
  sayUnread(results, index.runs)
  const wanted = index.series(
    ({ cell, ...one }) =>
      (cells?.filter(cell) ?? true) && (quantity === undefined || one.quantity === quantity),
    last,
  )
  const histories = [...wanted].map((series) => historyOf(series, last))
  const [suite] = cells?.text.split(/[/@]/) ?? []
  const tests = index
    .tests((test) => suite === undefined || test.suite === suite)
    .map((test) => ({ ...test, verdicts: lastOf(test, last) }))
  const [first, newest] = [index.runs[0], index.runs.at(-1)]
  if (!first || !newest) {
    console.log(`There are no runs in ${results} yet: \`lab run\` makes one.`)
    return
  }
  const days = [first, newest].map(({ name }) => beganOf(name).slice(0, 10))
  const title = `${index.runs.length.toLocaleString('en-US')} runs, ${days.join(' to ')}; the last ${last} measurements of each cell`
  const bed = { topology: newest.topology, driver: newest.driver, kernel: newest.kernel }
  if (svg !== undefined) await writeSvg(svg, histories, bed)
  if (html !== undefined) await writeHtml(html, histories, bed, title)
  console.log(`${title}\n`)
  console.log(histories.length > 0 ? historyTable(histories) : noneText(index, cells?.text, quantity))
  const changed = changedTests(tests)
  if (changed !== '') console.log(`\n${changed}`)
  for (const file of [svg, html]) if (file !== undefined) console.log(`\nCharts: ${file}`)
  index.close()
}

const HEADINGS = ['cell', 'quantity', 'history', 'last', 'median', 'change', 'range', 'valid']

export function historyTable(histories: readonly History[]): string {
  const rows = histories.map(({ series, points, last, median, change, range, line }) => {
    const { quantity, atLoad } = series
    const text = (value: number) => quantityText(quantity, value)
    const valid = points.filter(({ value }) => value !== null).length
    return [
      cellName(series.cell),
      atLoad === undefined ? quantity : `${quantity}, ${atLoad}`,
      line,
      figureText(quantity, last),
      median === null ? '-' : text(median),
      change === null ? '-' : changeText(change),
      range === null ? '-' : `${text(range[0])} to ${text(range[1])}`,
      valid === points.length ? String(valid) : `${valid} of ${points.length}`,
    ]
  })
  return [
    inColumns(HEADINGS, rows, ['last', 'median', 'change']),
    '',
    'change: the last against the median of those before it. A scale spans 10 % of the median at least.',
    ...(histories.some(({ points }) => points.length > LINE_WIDTH)
      ? [
          `A sign of the history stands for the median of its neighbours where there are more than ${LINE_WIDTH}.`,
        ]
      : []),
    ...(histories.some(({ line }) => line.includes('·')) ? ['· no figure: invalid, or below the floor'] : []),
    ...invalidNotes(histories),
  ].join('\n')
}

function changeText(change: number): string {
  const percent = (change * 100).toFixed(1).replace('-0.0', '0.0')
  return `${Number(percent) > 0 ? '+' : ''}${percent} %`
}

/** Why the last one says nothing: what is said of several cells is said once. */
function invalidNotes(histories: readonly History[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const { series, last } of histories)
    if (last.invalid !== undefined)
      reasons.set(last.invalid, [...(reasons.get(last.invalid) ?? []), cellName(series.cell)])
  return [...reasons].map(
    ([reason, names]) =>
      `invalid: ${names[0]!}${names.length > 1 ? ` and ${names.length - 1} more` : ''}: ${reason}`,
  )
}

const NAMES_SHOWN = 8

function noneText(index: RunIndex, asked: string | undefined, quantity: Quantity | undefined): string {
  const there = new Set([...index.series()].map(({ cell }: Series) => cellName(cell)))
  if (there.size === 0)
    return 'None of these runs has measurements. Benchmarks make them; other suites say what works, and not how fast.'
  const what = [asked, quantity].filter((part) => part !== undefined).join(', ')
  const more = there.size > NAMES_SHOWN ? `, and ${there.size - NAMES_SHOWN} more` : ''
  return `There are no measurements of ${what || 'any cell'}; there are of ${[...there].slice(0, NAMES_SHOWN).join(', ')}${more}.`
}

/** Of the last runs that had the test. */
const lastOf = ({ verdicts }: TestHistory, last: number): string =>
  verdicts.replaceAll(ABSENT, '').slice(-Math.min(last, LINE_WIDTH))

const SIGNS: Readonly<Record<string, string>> = {
  [VERDICT_LETTERS.ok]: '✓',
  [VERDICT_LETTERS.failed]: '✗',
  [VERDICT_LETTERS.skipped]: '-',
  [VERDICT_LETTERS.infra]: '!',
}
const TESTS_SHOWN = 20

/** Tests that did not always end alike, what changed last comes first; empty when all did. */
export function changedTests(tests: readonly TestHistory[]): string {
  // A lab that broke says nothing of them.
  const answers = ({ verdicts }: TestHistory) => verdicts.replaceAll(VERDICT_LETTERS.infra, '')
  const unchangedFor = (test: TestHistory) => /(.)\1*$/.exec(answers(test))?.[0].length ?? 0
  const changed = tests
    .filter((test) => new Set(answers(test)).size > 1)
    .sort((one, other) => unchangedFor(one) - unchangedFor(other))
  if (changed.length === 0) return ''
  const rows = changed
    .slice(0, TESTS_SHOWN)
    .map(({ suite, topology, title, verdicts }) => [
      suite,
      topology,
      verdicts.replace(/./g, (letter) => SIGNS[letter]!),
      title,
    ])
  return [
    'Tests that did not always end alike (✓ ok, ✗ failed, - skipped, ! the lab broke), the newest to the right:',
    inColumns(['suite', 'topology', 'history', 'test'], rows),
    ...(changed.length > TESTS_SHOWN ? [`and ${changed.length - TESTS_SHOWN} more`] : []),
  ].join('\n')
}
