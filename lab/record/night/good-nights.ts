/** The nights of one series that tonight is judged by. */
import type { Night, NightFigure } from './night.ts'

/** A level that somebody accepted: what changed with that run is what is expected from then on. */
export type Accepted = NonNullable<NightFigure['since']>

export interface GoodNights {
  /** Figures in order. */
  readonly figures: readonly number[]
  /** The change of level that was accepted last; undefined while all nights count. */
  readonly since: Accepted | undefined
}

const GOOD: ReadonlySet<NightFigure['verdict']> = new Set(['ok', 'noise', 'learning'])
const CHANGED: ReadonlySet<NightFigure['verdict']> = new Set(['regression', 'improvement', 'suspected'])

/**
 * Nights with a changed level are not good until that is accepted; then those from the accepted one on are, whatever
 * was said of them before that.
 *
 * @param past of the series, one a night at most, the oldest first.
 */
export function goodNights(
  past: readonly { readonly night: Night; readonly figure: NightFigure }[],
  accepted: Accepted | undefined,
): GoodNights {
  const withIt = past.find(({ night }) => night.run === accepted?.run)
  const since = withIt && CHANGED.has(withIt.figure.verdict) ? accepted : past.at(-1)?.figure.since
  const counted = since === undefined ? past : past.filter(({ night }) => night.run >= since.run)
  const good = counted.filter(
    ({ night, figure }) => GOOD.has(figure.verdict) || (since !== undefined && night.began <= since.at),
  )
  return { figures: good.flatMap(({ figure }) => figure.figure ?? []), since }
}
