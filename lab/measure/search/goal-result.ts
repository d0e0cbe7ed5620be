import { framesPerSecond, type FrameRate } from '../../units/frame.ts'
import { conditionalLossRatio } from './conditional-loss.ts'
import type { Limits } from './load-grid.ts'
import type { Judgement } from './method.ts'
import type { Bound, GoalResult, Irregular, ValidTrial } from './search-result.ts'
import { criterionOf } from './target-chain.ts'
import { pace } from './trial-result.ts'

type Trials = readonly ValidTrial[]

/** @param trials all valid ones of the search. */
export function goalResult(judgement: Judgement, limits: Limits, trials: Trials): GoalResult {
  const { goal, standing, lower, upper } = judgement
  const irregular = irregularity(judgement, limits)
  return {
    goal,
    lower: boundOf(lower, judgement),
    upper: boundOf(upper, judgement),
    conditionalThroughput: conditionalThroughput(judgement),
    trials: trials.filter(({ goals }) => goals.includes(goal.name)).length,
    ...(irregular ? { irregular } : {}),
    ...(standing.arrived ? {} : { unfinished: { lower: standing.lower, upper: standing.upper } }),
  }
}

function boundOf(trials: Trials, { goal }: Judgement): Bound | null {
  if (trials.length === 0) return null
  const { load } = trials[0]!
  return {
    load,
    offeredRate: framesPerSecond(load * meanPace(trials)),
    trials: trials.length,
    badTrials: trials.filter(({ lossRatio }) => lossRatio > goal.lossRatio).length,
  }
}

/**
 * Load × (1 - conditional loss), as the draft has it; and less by as much as the generator offered less than the
 * load, within its tolerance: nothing was forwarded that was not offered.
 */
function conditionalThroughput({ goal, lower }: Judgement): FrameRate | null {
  if (lower.length === 0) return null
  const forwarded = 1 - conditionalLossRatio(criterionOf(goal), lower)
  return framesPerSecond(lower[0]!.load * forwarded * meanPace(lower))
}

function meanPace(trials: Trials): number {
  const sum = trials.reduce((all, trial) => all + Math.min(1, pace(trial.duration, trial)), 0)
  return sum / trials.length
}

function irregularity({ goal, lower, upper }: Judgement, { min, max }: Limits): Irregular | undefined {
  if (upper.length === 0 && lower[0]?.load === max) return { kind: 'at-ceiling' }
  if (lower.length > 0 || upper[0]?.load !== min) return undefined
  const full = upper.filter(({ duration }) => duration >= goal.finalTrialDuration)
  const offered = full.reduce((sum, trial) => sum + trial.offered, 0)
  const forwarded = full.reduce((sum, trial) => sum + trial.forwarded, 0)
  return { kind: 'below-floor', lost: offered - forwarded, offered }
}
