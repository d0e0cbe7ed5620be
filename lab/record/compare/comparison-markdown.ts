/** A comparison for a pull request or a page. */
import { escapeMarkdown, markdownTable } from '../text-table.ts'
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

export function comparisonMarkdown(comparison: Comparison): string {
  const { sides, performance } = comparison
  const name = (side: 'A' | 'B') =>
    `${escapeMarkdown(sides[side].name)} (${side}, ${counted(sides[side].runs.length, 'run')})`
  const parts = [
    [`## ${name('A')} against ${name('B')}`],
    ...environmentLists(comparison).map(listText),
    ['### What works'],
    ...functionalLists(comparison).map(listText),
    [functionalLine(comparison)],
    performance.rows.length === 0 ? [] : ['### How fast'],
    performance.rows.length === 0 ? [] : [performanceLine(comparison)],
    tableText(rowTable(comparison)),
    tableText(groupTable(comparison)),
    ...leftOutLists(comparison).map(listText),
  ]
  const filled = parts.filter((lines) => lines.length > 0)
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function listText({ title, items }: List): string[] {
  return [
    `${title}:`,
    '',
    ...items.map(
      ({ text, detail }) =>
        `- ${escapeMarkdown(text)}${detail === undefined ? '' : `: ${escapeMarkdown(detail)}`}`,
    ),
  ]
}

const tableText = ({ columns, rows }: Table): string[] =>
  rows.length === 0 ? [] : markdownTable(columns, rows)
