/** A search's result as figures to keep. */
import type { GoalResult, SearchResult } from '../measure/search/search-result.ts'
import { floorParameters, type FloorTrial } from './floor-figures.ts'
import type { Figure, Quantity } from './measurement.ts'
import { keepsUp } from '../measure/keeps-up.ts'
import { forwardingRate, offeredRate, type RateTrial } from '../measure/rate-trial.ts'
import type { Telling } from '../measure/throughput.ts'
import { lossRatio, type TrialResult } from '../measure/search/trial-result.ts'
import { median } from '../stats/median.ts'
import { repeatedFigure } from './repeated-figure.ts'

/**
 * @param atFloor trials at the lowest load: what they lost belongs to each goal without a lower bound.
 * @returns one figure a goal. The parameters of its goal are those that draft-ietf-bmwg-mlrsearch-15 has reported.
 */
export function searchFigures(
  { goals, trials, limits, ceiling, ending }: SearchResult,
  atFloor: readonly FloorTrial[],
): Figure[] {
  return goals.map((result) => {
    const { goal, conditionalThroughput, irregular, unfinished } = result
    const { lower, upper } = boundsOf(result)
    const own = trials.filter((trial) => trial.goals.includes(goal.name))
    return {
      quantity: goal.name as Quantity,
      // Of a coarser search there are bounds, but no throughput that holds.
      value: unfinished ? null : conditionalThroughput,
      lower,
      upper,
      ...(irregular ? { irregular: irregular.kind } : {}),
      ...(unfinished ? { unfinished: true as const } : {}),
      ...(ending.kind === 'invalid' ? { invalid: ending.reason, value: null } : {}),
      trials: own.length,
      seconds: own.reduce((sum, trial) => sum + trial.effectiveDuration, 0),
      method: {
        search: 'MLRsearch (draft-ietf-bmwg-mlrsearch-15)',
        goal: goal.name,
        'goal loss ratio': goal.lossRatio,
        'goal exceed ratio': goal.exceedRatio,
        'goal final trial duration, s': goal.finalTrialDuration,
        'goal duration sum, s': goal.durationSum,
        'goal initial trial duration, s': goal.initialTrialDuration,
        'goal width': goal.width,
        'lowest load': Math.round(limits.min),
        'highest load': Math.round(limits.max),
        'highest load given by': ceiling,
        loads: 'per interface',
        ...(lower === null ? floorParameters(atFloor) : {}),
      },
    }
  })
}

function boundsOf({ lower, upper, unfinished }: GoalResult): { lower: number | null; upper: number | null } {
  return {
    lower: (unfinished ? unfinished.lower : lower?.load) ?? null,
    upper: (unfinished ? unfinished.upper : upper?.load) ?? null,
  }
}

/** Of a maximum receive rate: the part of the frames that was lost. A DUT that loses little was hardly overloaded. */
export const LOST_AT_MOST = 'loss ratio at the highest load'

type AtMost = Pick<RateTrial, keyof TrialResult | 'sendingTime'>

/**
 * @param trials at the maximum offered load, valid ones. One that loses next to nothing has found the generator's end,
 * not the DUT's.
 */
export function receiveRateFigure(trials: readonly AtMost[], telling?: Telling): Figure {
  const fastest = trials.toSorted((a, b) => forwardingRate(b) - forwardingRate(a)).slice(0, 1)
  const judged = telling === 'fastest' ? fastest : trials
  const about = {
    seconds: trials.reduce((sum, { effectiveDuration }) => sum + effectiveDuration, 0),
    ...(keepsUp(judged) ? { irregular: 'at-ceiling' as const } : {}),
    method:
      judged.length === 0
        ? {}
        : {
            'offered load': Math.round(median(judged.map(offeredRate))),
            [LOST_AT_MOST]: median(judged.map(lossRatio)),
          },
  }
  return repeatedFigure('mrr', trials.map(forwardingRate), about, telling)
}
