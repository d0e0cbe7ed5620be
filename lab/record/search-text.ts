/** Where a search stands, in a line. */
import type { SearchProgress, Standing } from '../measure/search/search-result.ts'

export function progressText({ trial, spent, rest }: SearchProgress): string {
  const left = rest === null ? '' : `, about ${Math.ceil(rest)} s left`
  return `${trial.standings.map(standingText).join(', ')}; trial ${trial.number}, ${Math.round(spent)} s${left}`
}

function standingText({ goal, lower, upper, arrived }: Standing): string {
  const bounds = `${lower === null ? '?' : mpps(lower)} to ${upper === null ? '?' : mpps(upper)} Mpps`
  return `${goal} ${bounds}${arrived ? ' found' : ''}`
}

const mpps = (rate: number): string => (rate / 1e6).toPrecision(3)
