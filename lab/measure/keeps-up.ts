import { PDR } from './search/goal.ts'
import { lossRatio, type TrialResult } from './search/trial-result.ts'

/** Whether a DUT loses so little of all that it is offered, less than PDR allows, that it could have done more. */
export const keepsUp = (trials: readonly TrialResult[]): boolean =>
  trials.length > 0 && trials.every((trial) => lossRatio(trial) < PDR.lossRatio)
