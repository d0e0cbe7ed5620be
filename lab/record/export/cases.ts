/** Runs as trees of test cases, which is what JUnit and KTAP know. */
import { type CellVerdict, weightier } from '../cell.ts'
import { QUANTITIES, type Measurement } from '../measurement.ts'
import { cellName } from '../store/cell-name.ts'
import type { StoredRun } from '../store/read-run.ts'

export interface Case {
  readonly title: string
  readonly verdict: CellVerdict
  /** Why it is not ok, or what was measured. */
  readonly says?: string
}

/** Cases by suite, in the order of the run. A measurement is a case; one that is invalid is the lab's fault. */
export function casesOf({ cells, measurements }: StoredRun): Map<string, Case[]> {
  const suites = new Map<string, Map<string, Case>>()
  const add = (suite: string, one: Case) => {
    const cases = suites.get(suite) ?? new Map<string, Case>()
    suites.set(suite, cases)
    const before = cases.get(one.title)
    if (!before || weightier(before.verdict, one.verdict) !== before.verdict) cases.set(one.title, one)
  }
  for (const { suite, title, verdict, message } of cells)
    add(suite, { title, verdict, ...(message !== undefined && { says: message }) })
  for (const measurement of measurements) add(measurement.suite, caseOf(measurement))
  return new Map([...suites].map(([suite, cases]) => [suite, [...cases.values()]]))
}

function caseOf({ cell, quantity, atLoad, value, lower, upper, irregular, invalid }: Measurement): Case {
  const { title, unit } = QUANTITIES[quantity]
  const name = `${cellName(cell)}: ${title}${atLoad === undefined ? '' : ` (${atLoad})`}`
  if (invalid !== undefined) return { title: name, verdict: 'infra', says: invalid }
  const bounds = lower === null || upper === null ? '' : `, ${lower} to ${upper}`
  const figure = value === null ? 'no figure' : `${value} ${unit}${bounds}`
  return {
    title: name,
    verdict: 'ok',
    says: irregular === undefined ? figure : `${figure} (${irregular})`,
  }
}
