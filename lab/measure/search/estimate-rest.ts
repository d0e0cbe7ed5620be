import { seconds, type Seconds } from '../../units/seconds.ts'
import type { Pursuit } from './pursuit.ts'
import type { Target } from './target-chain.ts'

/** Goals share most of their trials: in simulations each further goal adds this part of what the one before added. */
const NOT_SHARED = 0.4

/** Seconds of trials that a search still takes where the DUT is steady, so that each load is judged soon. */
export function estimateRest(pursuits: readonly Pursuit[], overhead: Seconds): Seconds {
  const rests = pursuits.map((pursuit) => restOf(pursuit, overhead)).sort((a, b) => b - a)
  return seconds(rests.reduce((sum, rest, index) => sum + rest * NOT_SHARED ** index, 0))
}

function restOf({ ahead, bounds, begun }: Pursuit, overhead: Seconds): number {
  return ahead.reduce((sum, target, index) => {
    const each = secondsToJudge(target, overhead)
    if (index === 0) return loadsToJudge(target, bounds) * each - Math.min(begun, each)
    // It will start from bounds twice as far apart as its own: the middle and one of the two ends.
    return sum + 2 * each
  }, 0)
}

function loadsToJudge({ width }: Target, { lower, upper }: Pursuit['bounds']): number {
  if (lower === undefined && upper === undefined) return 2
  if (lower === undefined || upper === undefined) return 1
  return Math.max(1, Math.ceil(Math.log2((upper - lower) / width)))
}

/** Trials of one kind, all good or all bad, that judge a load. */
function secondsToJudge({ durationSum, exceedRatio, trialDuration }: Target, overhead: Seconds): number {
  const trial = trialDuration + overhead
  return Math.ceil((durationSum * Math.max(exceedRatio, 1 - exceedRatio)) / trial) * trial
}
