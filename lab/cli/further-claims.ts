/** Tests beside the tables: a line for each that did not hold, and one line a suite for all that did. */
import type { CellRecord } from '../record/cell.ts'
import { groupBy } from './group-by.ts'
import { lossText } from './table.ts'

const MARKS = { ok: '✓', failed: '✗', skipped: '-', infra: '!' } as const

/** Of a suite; the rest is counted. The report has them all. */
const LINES = 10

export function furtherClaims(cells: readonly CellRecord[]): string {
  const withTable = new Set(cells.filter(({ table }) => table).map(({ suite }) => suite))
  const tests = groupBy(
    cells.filter(({ table }) => !table),
    ({ suite, title }) => `${suite}: ${title}`,
  )
  const bySuite = groupBy([...tests.values()], ([first]) => first!.suite)
  return [...bySuite]
    .flatMap(([suite, list]) => {
      const skipped = list.filter((trials) => trials.every(({ verdict }) => verdict === 'skipped'))
      return [
        ...atMost(
          list.filter((trials) => !skipped.includes(trials)).map(notHeld),
          (more) => `✗ ${suite}: ${more} more that did not hold`,
        ),
        ...atMost(skipped.map(notHeld), (more) => `- ${suite}: ${more} more skipped`),
        ...held(suite, list, withTable.has(suite)),
      ]
    })
    .join('\n')
}

function atMost(lines: readonly (string | undefined)[], rest: (more: number) => string): string[] {
  const said = lines.filter((line) => line !== undefined)
  return said.length <= LINES ? said : [...said.slice(0, LINES), rest(said.length - LINES)]
}

/** @param trials of one test. */
function notHeld(trials: readonly CellRecord[]): string | undefined {
  const trial = trials.findLast(({ verdict }) => verdict !== 'ok')
  if (!trial) return undefined
  const { verdict, suite, title, offered, message } = trial
  const counts = offered > 0 ? [`${offered} offered`, lossText(trial) || 'none lost'].join(', ') : message
  return `${MARKS[verdict]} ${suite}: ${title}${counts === undefined ? '' : `  (${counts})`}`
}

function held(suite: string, tests: readonly (readonly CellRecord[])[], further: boolean): string[] {
  const holding = tests.filter((trials) => trials.every(({ verdict }) => verdict === 'ok'))
  const refused = holding.filter(([first]) => first!.refused !== undefined).length
  if (holding.length === 0) return []
  const claims = `${further ? 'further ' : ''}${holding.length === 1 ? 'claim holds' : 'claims hold'}`
  return [
    `✓ ${suite}: ${holding.length} ${claims}${refused === 0 ? '' : `, ${refused} of them ${refused === 1 ? 'a documented refusal' : 'documented refusals'}`}`,
  ]
}
