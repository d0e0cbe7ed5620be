/** What the trials at one load say of it (draft-ietf-bmwg-mlrsearch-15, Load Classification Code). */
import type { Ratio } from '../../units/ratio.ts'
import type { Seconds } from '../../units/seconds.ts'

/** By what a load is judged: a goal, or one of the coarser targets on the way to it. */
export interface Criterion {
  /** Trials at least this long count in full. */
  readonly trialDuration: Seconds
  readonly durationSum: Seconds
  readonly lossRatio: Ratio
  readonly exceedRatio: Ratio
}

/** One valid trial, as far as it is judged. */
export interface Sample {
  /** As asked for. */
  readonly duration: Seconds
  readonly effectiveDuration: Seconds
  readonly lossRatio: Ratio
}

/** lower: a lower bound of what is looked for; upper: an upper one; undecided: it takes more trials to tell. */
export type LoadClass = 'lower' | 'upper' | 'undecided'

/** Any number of samples, all of one load. */
export function classifyLoad(criterion: Criterion, samples: readonly Sample[]): LoadClass {
  const { durationSum, exceedRatio } = criterion
  const { fullGood, fullBad, shortGood, shortBad } = sums(criterion, samples)
  // A short trial is no proof of a long one: bad ones count only beyond what good ones make up for.
  const shortExcess = Math.max(0, shortBad - shortGood * (exceedRatio / (1 - exceedRatio)))
  const bad = fullBad + shortExcess
  const whole = Math.max(fullGood + bad, durationSum)
  const tolerated = whole * exceedRatio
  // Were all the seconds still missing good, or bad?
  const lowerAtBest = bad <= tolerated
  const lowerAtWorst = whole - fullGood <= tolerated
  if (lowerAtBest !== lowerAtWorst) return 'undecided'
  return lowerAtBest ? 'lower' : 'upper'
}

/** Seconds of trials by length and loss. */
function sums({ trialDuration, lossRatio }: Criterion, samples: readonly Sample[]) {
  const sum = { fullGood: 0, fullBad: 0, shortGood: 0, shortBad: 0 }
  for (const sample of samples) {
    const bad = sample.lossRatio > lossRatio
    const full = sample.duration >= trialDuration
    sum[full ? (bad ? 'fullBad' : 'fullGood') : bad ? 'shortBad' : 'shortGood'] += sample.effectiveDuration
  }
  return sum
}
