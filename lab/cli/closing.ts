/** What stands at the end of a run: what works, the cells of the tables, and whatever else was claimed. */
import type { CellRecord } from '../record/cell.ts'
import { overviewOf } from '../record/overview.ts'
import { countsText, gridText, notesText } from '../record/overview-text.ts'
import { dropTable } from './drop-table.ts'
import { furtherClaims } from './further-claims.ts'
import { table } from './table.ts'

/** @param bed what was tested, in a line; may be empty. */
export function closing(cells: readonly CellRecord[], bed: string): string {
  const [drops, others] = [cells.filter((cell) => cell.drop), cells.filter((cell) => !cell.drop)]
  const overview = overviewOf(others)
  const ofTable = others.filter((cell) => cell.table)
  return [
    ...(overview.rows.length === 0
      ? []
      : [`What works: ${bed}`.replace(/: $/, ''), gridText(overview), notesText(overview)]),
    ...(ofTable.length === 0 ? [] : [table(ofTable)]),
    furtherClaims(others),
    dropTable(drops),
    others.length === 0 ? '' : countsText(overview),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
