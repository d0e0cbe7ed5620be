/** Loss at a load as a figure to keep (RFC 2544 §26.3). */
import type { RateTrial } from '../measure/rate-trial.ts'
import { lossRatio } from '../measure/search/trial-result.ts'
import type { Figure } from './measurement.ts'

/** @param atLoad like `90 % of the highest load`. */
export function lossFigure(atLoad: string, trial: RateTrial): Figure {
  const { invalid, offered, forwarded, load, sendingTime, effectiveDuration } = trial
  return {
    quantity: 'loss-ratio',
    atLoad,
    value: invalid === undefined ? lossRatio(trial) : null,
    lower: null,
    upper: null,
    ...(invalid === undefined ? {} : { invalid }),
    trials: 1,
    seconds: effectiveDuration,
    method: {
      'loss ratio': 'of the frames that were offered (RFC 2544 §26.3)',
      'load, frames/s': Math.round(load.rate),
      'offered, frames/s': Math.round(offered / sendingTime),
      'offered, frames': offered,
      'forwarded, frames': forwarded,
      'trial duration, s': load.duration,
    },
  }
}
