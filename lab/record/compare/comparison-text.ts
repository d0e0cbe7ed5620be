/** A comparison for the terminal. */
import { textTable } from '../text-table.ts'
import type { Comparison } from './comparison.ts'
import {
  environmentLists,
  functionalLine,
  functionalLists,
  groupTable,
  leftOutLists,
  type List,
  performanceLine,
  rowTable,
  type Table,
} from './sections.ts'
import { counted } from './words.ts'

export function comparisonText(comparison: Comparison): string {
  const { sides, functional, performance, groups } = comparison
  const parts = [
    (['A', 'B'] as const).map(
      (side) => `${side}  ${sides[side].name}, ${counted(sides[side].runs.length, 'run')}`,
    ),
    ...environmentLists(comparison).map(listText),
    ...functionalLists(comparison).map(listText),
    functional.same + functional.unmatched.A + functional.unmatched.B === 0
      ? []
      : [functionalLine(comparison)],
    tableText(rowTable(comparison)),
    groups.length < performance.rows.length ? tableText(groupTable(comparison)) : [],
    ...leftOutLists(comparison).map(listText),
    performance.rows.length === 0 ? [] : [performanceLine(comparison)],
  ]
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function listText({ title, items }: List): string[] {
  return [
    `${title}:`,
    ...items.flatMap(({ text, detail }) => [`  ${text}`, ...(detail === undefined ? [] : [`    ${detail}`])]),
  ]
}

const tableText = ({ columns, rows }: Table): string[] => (rows.length === 0 ? [] : textTable(columns, rows))
