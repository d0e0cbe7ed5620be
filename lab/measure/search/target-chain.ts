import { seconds } from '../../units/seconds.ts'
import type { Criterion } from './classify-load.ts'
import type { Goal } from './goal.ts'
import type { LoadGrid, Step } from './load-grid.ts'

/** A goal, or a coarser stage on the way to it. */
export interface Target extends Criterion {
  readonly width: Step
  readonly expansion: number
}

/**
 * The stages of a goal, the goal itself last. Each one before has twice the width of the next, and duration sums
 * fall evenly from the goal's to one initial trial: 21 s, 4.6 s and 1 s for CSIT's goals.
 */
export function targetChain(goal: Goal, grid: LoadGrid): readonly Target[] {
  const { durationSum, initialTrialDuration, finalTrialDuration, precedingTargets } = goal
  return Array.from({ length: precedingTargets + 1 }, (_, stage) => {
    const before = precedingTargets - stage
    const sum =
      before === 0
        ? durationSum
        : before === precedingTargets
          ? initialTrialDuration
          : seconds(durationSum * (initialTrialDuration / durationSum) ** (before / precedingTargets))
    return {
      trialDuration: seconds(Math.min(finalTrialDuration, sum)),
      durationSum: sum,
      lossRatio: goal.lossRatio,
      exceedRatio: goal.exceedRatio,
      width: grid.steps(goal.width) * 2 ** before,
      expansion: goal.expansion,
    }
  })
}

/** The goal itself as that by which a load is judged. */
export const criterionOf = (goal: Goal): Criterion => ({ ...goal, trialDuration: goal.finalTrialDuration })
