/** What stands at the end of a run: what works, the cells of the tables, and whatever else was claimed. */
import type { CellRecord } from '../record/cell.ts'
import { overviewOf } from '../record/overview.ts'
import { countsText, gridText, notesText } from '../record/overview-text.ts'
import { furtherClaims } from './further-claims.ts'
import { table } from './table.ts'

/** @param bed what was tested, in a line; may be empty. */
export function closing(cells: readonly CellRecord[], bed: string): string {
  const overview = overviewOf(cells)
  const ofTable = cells.filter((cell) => cell.table)
  return [
    ...(overview.rows.length === 0
      ? []
      : [`What works: ${bed}`.replace(/: $/, ''), gridText(overview), notesText(overview)]),
    ...(ofTable.length === 0 ? [] : [table(ofTable)]),
    furtherClaims(cells),
    countsText(overview),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
