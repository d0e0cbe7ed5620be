/** What happened to a driver and target on the whole: a change in all cells says more than one in a single cell. */
import type { Target } from '../../units/redirect.ts'
import type { Quantity } from '../measurement.ts'
import type { Row } from './performance.ts'
import type { Sides } from './side.ts'

export interface Group {
  readonly drivers: Sides<string>
  readonly target: Target
  readonly quantity: Quantity
  /** Cells with a shift. */
  readonly cells: number
  /** Geometric mean of B over A; null when a cell fell to nothing. */
  readonly ratio: number | null
  readonly regressed: number
  readonly improved: number
}

/** In the order of the rows; quantities that are only shown are left out. */
export function groupsOf(rows: readonly Row[]): Group[] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    if (row.shift === null || row.judgement.verdict === 'shown') continue
    const key = JSON.stringify([row.drivers, row.cell.target, row.quantity])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].map((members) => {
    const [{ drivers, cell, quantity }] = members as [Row]
    const verdicts = members.map(({ judgement }) => judgement.verdict)
    const logs = members.map(({ shift }) => Math.log(1 + shift!))
    const ratio = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
    return {
      drivers: { A: drivers.A.join(', '), B: drivers.B.join(', ') },
      target: cell.target,
      quantity,
      cells: members.length,
      ratio: ratio > 0 ? ratio : null,
      regressed: verdicts.filter((verdict) => verdict === 'regressed').length,
      improved: verdicts.filter((verdict) => verdict === 'improved').length,
    }
  })
}
