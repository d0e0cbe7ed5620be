/** The longest bursts of several searches as a figure to keep. */
import type { BurstResult } from '../measure/burst-search.ts'
import { median } from '../stats/median.ts'
import type { Figure } from './measurement.ts'

/** @param rate at which bursts left the generator, in frames per second; undefined when none did. */
export function burstFigure(
  results: readonly BurstResult[],
  {
    rate,
    trials,
    seconds,
    most,
  }: { rate: number | undefined; trials: number; seconds: number; most: number },
): Figure {
  // What is not even as long as the shortest burst is none.
  const longest = results.flatMap((result) =>
    result.kind === 'invalid' ? [] : [result.kind === 'below-floor' ? 0 : result.longest],
  )
  const measured = longest.length > 0
  const value = measured ? median(longest) : null
  return {
    quantity: 'back-to-back',
    value,
    lower: measured ? Math.min(...longest) : null,
    upper: measured ? Math.max(...longest) : null,
    ...(value !== null && value >= most ? { irregular: 'at-ceiling' as const } : {}),
    ...(measured ? {} : { invalid: 'a trial stayed invalid however often it was repeated' }),
    trials,
    seconds,
    method: {
      search: 'longest burst without loss (RFC 2544 §26.4), up in steps of 4, then halved to 5 %',
      searches: results.length,
      value: 'median of the searches',
      bounds: 'shortest and longest of the searches',
      'longest that may be sent, frames': most,
      ...(rate === undefined ? {} : { 'rate of the bursts, frames/s': Math.round(rate) }),
    },
  }
}
