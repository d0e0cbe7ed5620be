/**
 * Finds the highest loads that meet goals. Pure: it knows no clock, no machine and no frames, only `measure`.
 * README.md beside this file says what its bounds mean.
 */
import type { Ratio } from '../../units/ratio.ts'
import type { Seconds } from '../../units/seconds.ts'
import { binary } from './binary-search.ts'
import type { Goal } from './goal.ts'
import type { Limits } from './load-grid.ts'
import { mlrSearch } from './mlrsearch.ts'
import type { SearchProgress, SearchResult } from './search-result.ts'
import { SearchRun } from './search-run.ts'
import type { Measure } from './trial-result.ts'

export interface SearchOptions {
  /** Effective seconds of all trials together; without one a search takes what it needs. */
  readonly budget?: Seconds
  /** Times that a trial is measured, while it is invalid, before the search gives up: 4 when absent. */
  readonly attempts?: number
  /** Part of the load that a generator may miss in a valid trial: 0.1 %, a fifth of CSIT's width, when absent. */
  readonly paceTolerance?: Ratio
  /** Called after each trial. */
  readonly onProgress?: (progress: SearchProgress) => void
}

/**
 * MLRsearch for all goals at once.
 *
 * @param goals at least one, each with a name of its own.
 * @param limits lowest and highest load; the search never leaves them. A trial at the lowest should be long enough
 *   for the loss that matters to show: 9,000 frames say little of a loss of 1 in 10,000.
 * @throws RangeError for goals, limits or options that make no search; and whatever `measure` throws.
 */
export function search(
  goals: readonly Goal[],
  limits: Limits,
  measure: Measure,
  options: SearchOptions = {},
): Promise<SearchResult> {
  return new SearchRun(mlrSearch, goals, limits, measure, options).toEnd()
}

/**
 * The binary search of RFC 2544, for comparison: one trial of the final duration judges a load. Duration sum and
 * exceed ratio of the goals are not heeded, as the goals of the result say. Otherwise as `search`.
 */
export function binarySearch(
  goals: readonly Goal[],
  limits: Limits,
  measure: Measure,
  options: SearchOptions = {},
): Promise<SearchResult> {
  return new SearchRun(binary, goals, limits, measure, options).toEnd()
}
