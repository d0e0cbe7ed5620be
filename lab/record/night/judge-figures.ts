/** Tonight's figures against the good nights before: what changed, what was noise, what has to be measured again. */
import { adjustedForMany } from '../../stats/benjamini-hochberg.ts'
import { mannWhitney } from '../../stats/mann-whitney.ts'
import { median, medianOrNull } from '../../stats/median.ts'
import { judgeNight, NIGHTS_LOOKED_AT } from '../../stats/nightly.ts'
import { comparedValue } from '../compare/samples.ts'
import { type BenchCell, type Measurement, QUANTITIES } from '../measurement.ts'
import { keyOf } from '../store/series.ts'
import { blameOf } from './blame.ts'
import { type Accepted, goodNights } from './good-nights.ts'
import type { Night, NightFigure } from './night.ts'

/** What has a trend: continuous, while an NDR lies on the grid of its search, and its ties make no test. */
export const JUDGED = ['pdr', 'mrr'] as const satisfies Measurement['quantity'][]

/** Share of the usual figure that is no change worth a word. */
export const SMALLEST_CHANGE = 0.01
/** Of what is called a change of level, at most this share is expected to be chance. */
const FALSE_DISCOVERIES = 0.05

export interface Judged {
  readonly figures: readonly NightFigure[]
  /** Cells to be measured again tonight, and how often. */
  readonly rerun: readonly { readonly cell: BenchCell; readonly runs: number }[]
}

interface Candidate {
  readonly figure: NightFigure
  readonly good: readonly number[]
  readonly rerun: number
}

/**
 * @param past nights of this bed, the oldest first.
 * @param tonight all measurements so far in the order in which they were made, re-runs among them.
 */
export function judgeFigures(
  past: readonly Night[],
  tonight: readonly Measurement[],
  accepted?: Accepted,
): Judged {
  const candidates = [...seriesOf(tonight)].map((measurements) => candidateOf(past, measurements, accepted))
  const rerun = new Map<string, Judged['rerun'][number]>()
  for (const { figure, rerun: runs } of candidates) {
    const key = JSON.stringify(figure.cell)
    if (runs > (rerun.get(key)?.runs ?? 0)) rerun.set(key, { cell: figure.cell, runs })
  }
  return {
    figures: JUDGED.flatMap((quantity) =>
      judgedTogether(candidates.filter(({ figure }) => figure.quantity === quantity)),
    ),
    rerun: [...rerun.values()],
  }
}

function seriesOf(tonight: readonly Measurement[]): Iterable<readonly Measurement[]> {
  const series = new Map<string, Measurement[]>()
  for (const one of tonight) {
    const judged = (JUDGED as readonly string[]).includes(one.quantity) && one.atLoad === undefined
    if (judged) series.set(keyOf(one), [...(series.get(keyOf(one)) ?? []), one])
  }
  return series.values()
}

function candidateOf(
  past: readonly Night[],
  measurements: readonly Measurement[],
  accepted: Accepted | undefined,
): Candidate {
  const [{ cell, quantity, method }] = measurements as readonly [Measurement]
  const key = keyOf({ cell, quantity })
  const before = past.flatMap((night) =>
    night.figures.filter((one) => keyOf(one) === key).map((figure) => ({ night, figure })),
  )
  const { figures, since } = goodNights(before, accepted)
  const good = figures.slice(-NIGHTS_LOOKED_AT)
  const runs = measurements.flatMap((one) => comparedValue(one) ?? [])
  const width = method['goal width']
  const base = {
    ...{ cell, quantity, runs, figure: medianOrNull(runs), usual: medianOrNull(good), change: null },
    ...(typeof width === 'number' ? { width } : {}),
    ...(since === undefined ? {} : { since }),
  }
  const why = measurements.map(whyNone).findLast((one) => one !== undefined)
  if (runs.length === 0) {
    const unmeasured = { why: why ?? 'there is no figure', blame: blameOf(why ?? '') }
    return { figure: { ...base, verdict: 'unmeasured', ...unmeasured }, good, rerun: 0 }
  }
  const judged = judgeNight(good, runs, {
    better: QUANTITIES[quantity].better,
    smallestChange: SMALLEST_CHANGE,
  })
  if (judged.verdict === 'learning')
    return { figure: { ...base, usual: null, verdict: 'learning' }, good, rerun: 0 }
  // Of a cell that never forwarded a frame no share can be told.
  const change = Number.isFinite(judged.change) ? judged.change : null
  if (judged.verdict !== 'rerun')
    return { figure: { ...base, verdict: judged.verdict, change }, good, rerun: 0 }
  const missing = `it is suspicious, and ${judged.runs} of its re-runs are missing${why === undefined ? '' : `: ${why}`}`
  return {
    figure: { ...base, verdict: 'unmeasured', change, why: missing, blame: blameOf(why ?? '') },
    good,
    rerun: judged.runs,
  }
}

function whyNone(one: Measurement): string | undefined {
  if (one.invalid !== undefined) return one.invalid
  if (comparedValue(one) !== null) return undefined
  return one.unfinished ? 'the search ran out of time' : 'there is no figure'
}

/**
 * Cells of one quantity are one family (Benjamini-Hochberg). Where few nights cannot tell many cells apart, runs that
 * are all on one side of all good nights are as clear as ranks can be, and stand.
 */
function judgedTogether(family: readonly Candidate[]): NightFigure[] {
  const tested = family.filter(({ figure }) => figure.usual !== null && figure.runs.length > 0)
  const pValues = tested.map(({ figure, good }) => mannWhitney(figure.runs, good).pTwoSided)
  const adjusted = new Map(adjustedForMany(pValues).map((p, index) => [tested[index]!.figure, p]))
  return family.map(({ figure, good }) => {
    const adjustedP = adjusted.get(figure)
    if (adjustedP === undefined) return figure
    const called = figure.verdict === 'regression' || figure.verdict === 'improvement'
    if (!called || adjustedP <= FALSE_DISCOVERIES || apart(figure.runs, good)) return { ...figure, adjustedP }
    const why = `among ${tested.length} cells it may be chance (adjusted p ${adjustedP.toFixed(2)})`
    return { ...figure, adjustedP, verdict: 'suspected' as const, why }
  })
}

function apart(runs: readonly number[], good: readonly number[]): boolean {
  const below = median(runs) < median(good)
  return below ? Math.max(...runs) < Math.min(...good) : Math.min(...runs) > Math.max(...good)
}
