/**
 * Whether tonight's figure of a cell is another than that of the good nights before it. A single run says so too
 * often, since something disturbs one run in twenty; so a suspicion asks for more runs at once, and their median
 * decides.
 *
 * How the numbers were chosen: by simulation, with a standard deviation of 0.3 % between nights and 0.5 % within one,
 * and with one run in twenty spoiled (3 to 10 % low) or none. `suites/harness/stats/nightly.test.ts` repeats it: in 100
 * cell-nights 0.20 false regressions (none spoiled: 0.08) and 0.06 false improvements (0.09), at 1.4 runs a night (1.2);
 * a drop of 2 % is found on its first night in 83 % of cells (85 %), within five nights in 99 %. With a decision at 3
 * deviations two in three would be found on the first night. With only 20 good nights there are 0.25 false regressions
 * and 0.13 false improvements.
 */
import { deviation, median } from './median.ts'

/** Good nights that are looked back on. With fewer the deviation is a guess; with many more an old level lingers. */
export const NIGHTS_LOOKED_AT = 60
/** Below that nothing is said: the deviation of ten nights is off by a third. */
export const FEWEST_NIGHTS = 10
export const RERUNS = 4

/** Of the good nights, from their median: one run this far away is suspicious. */
const SUSPICIOUS_DEVIATIONS = 2
/** The median of the runs of tonight this far away is another level. */
const DECIDING_DEVIATIONS = 2.5

export interface NightOptions {
  readonly better: 'higher' | 'lower'
  /** Share of the median that is no change worth a word: 0.01. */
  readonly smallestChange: number
}

export type NightVerdict =
  /** Too few good nights to say anything. */
  | { readonly verdict: 'learning'; readonly nights: number }
  | { readonly verdict: 'ok'; readonly change: number }
  /** Measure so many more at once, then ask again with all of them. */
  | { readonly verdict: 'rerun'; readonly runs: number; readonly change: number }
  /** The first run was suspicious; all together are not. */
  | { readonly verdict: 'noise'; readonly change: number }
  | { readonly verdict: 'regression' | 'improvement'; readonly change: number }

/**
 * @param goodNights the figure of each good night since the last accepted change, in order: of a night with re-runs
 *   the median of all. Nights with a regression or an improvement are not good until somebody accepts their level
 * @param tonight the valid runs of tonight in order: one, or that and the re-runs. When fewer re-runs were valid than
 *   were asked for, it asks for the rest
 * @throws RangeError without a run of tonight
 * @returns with `change` as the share by which tonight's figure (one run, or the median of all) differs from the median
 *   of the good nights
 */
export function judgeNight(
  goodNights: readonly number[],
  tonight: readonly number[],
  { better, smallestChange }: NightOptions,
): NightVerdict {
  const figure = median(tonight)
  if (goodNights.length < FEWEST_NIGHTS) return { verdict: 'learning', nights: goodNights.length }
  const recent = goodNights.slice(-NIGHTS_LOOKED_AT)
  const usual = median(recent)
  const noise = deviation(recent)
  const beyond = (value: number, deviations: number) =>
    Math.abs(value - usual) > Math.max(deviations * noise, smallestChange * usual)
  const change = figure / usual - 1
  const [first] = tonight as [number]
  if (!beyond(first, SUSPICIOUS_DEVIATIONS)) return { verdict: 'ok', change }
  const missing = 1 + RERUNS - tonight.length
  if (missing > 0) return { verdict: 'rerun', runs: missing, change }
  if (!beyond(figure, DECIDING_DEVIATIONS)) return { verdict: 'noise', change }
  return { verdict: figure > usual === (better === 'higher') ? 'improvement' : 'regression', change }
}
