/** The conditions of the suite `drops`: what was caused, and who saw it how often. */
import type { CellRecord, DropRecord } from '../record/cell.ts'
import { groupBy } from './group-by.ts'

type Row = CellRecord & { readonly drop: DropRecord }

const HEADINGS = [
  'target',
  'frames',
  'mode',
  'sent',
  'expected reason',
  'expected',
  'bpftrace',
  'perf',
  'counters',
  'told by',
  'verdict',
]
const RIGHT = new Set(['sent', 'expected', 'bpftrace', 'perf', 'counters'])

/** Empty when there are none. Rows stand under the condition that they share, in the order of the run. */
export function dropTable(cells: readonly CellRecord[]): string {
  const rows = cells.filter((cell): cell is Row => cell.drop !== undefined)
  if (rows.length === 0) return ''
  const texts = new Map(rows.map((row) => [row, rowOf(row)]))
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...[...texts.values()].map((row) => row[column]!.length)),
  )
  const line = (row: readonly string[]) =>
    `  ${row
      .map((text, column) =>
        RIGHT.has(HEADINGS[column]!) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')}`.trimEnd()
  const groups = groupBy(rows, ({ drop }) => drop.condition)
  return [
    line(HEADINGS),
    line(widths.map((width) => '─'.repeat(width))),
    ...[...groups].flatMap(([condition, group]) => [condition, ...group.map((row) => line(texts.get(row)!))]),
    ...notes(rows),
    '',
    counts(rows),
  ].join('\n')
}

function rowOf({ drop, verdict }: Row): string[] {
  const { target, frames, mode, offered, reason, expected, says, seen } = drop
  const number = (count: number | null) => (count === null ? '-' : String(count))
  return [
    target,
    frames ?? '-',
    mode ?? '-',
    frames === null || verdict === 'skipped' ? '-' : String(offered),
    reason,
    number(expected),
    number(seen.bpftrace),
    number(seen.perf),
    number(seen.counters),
    says,
    verdict,
  ]
}

/** Why rows are not ok: what is said of several is said once. */
function notes(rows: readonly Row[]): string[] {
  const others = rows.filter(({ verdict }) => verdict !== 'ok')
  const groups = groupBy(others, ({ drop, verdict, message = 'no reason given' }) =>
    [`${verdict}: ${drop.condition}`, `    ${message}`].join('\n'),
  )
  return groups.size === 0 ? [] : ['', ...groups.keys()]
}

function counts(rows: readonly Row[]): string {
  const of = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length
  const conditions = new Set(rows.map(({ drop }) => drop.condition)).size
  const more = (['failed', 'skipped', 'infra'] as const)
    .filter((verdict) => of(verdict) > 0)
    .map((verdict) => `, ${of(verdict)} ${verdict}`)
  return `${rows.length} rows of ${conditions} conditions: ${of('ok')} as expected${more.join('')}`
}
