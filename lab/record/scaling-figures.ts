/** Rates while one thing at a time is changed, as figures to keep. */
import { offeredRate, type RateTrial } from '../measure/rate-trial.ts'
import type { Telling } from '../measure/throughput.ts'
import { keepsUp } from '../measure/keeps-up.ts'
import type { ScalingStep } from '../measure/scaling.ts'
import type { Figure } from './measurement.ts'
import { repeatedFigure } from './repeated-figure.ts'

export function scalingFigure(step: ScalingStep, trials: readonly RateTrial[], telling?: Telling): Figure {
  const valid = trials.filter(({ invalid, forwarded }) => invalid === undefined && forwarded > 0)
  return repeatedFigure(
    'mrr',
    valid.map((trial) => trial.forwarded / Math.max(trial.sendingTime, receivingTime(trial))),
    {
      atLoad: step.name,
      seconds: trials.reduce((sum, { effectiveDuration }) => sum + effectiveDuration, 0),
      ...(step.absent === undefined ? {} : { invalid: step.absent }),
      ...(keepsUp(valid) ? { irregular: 'at-ceiling' as const } : {}),
      method: {
        load: 'the maximum offered load',
        rate: 'forwarded, by the time of sending or of receiving, whichever was longer',
        'offered, frames/s': Math.round(
          valid.reduce((sum, trial) => sum + offeredRate(trial), 0) / Math.max(1, valid.length),
        ),
      },
    },
    telling,
  )
}

/** Seconds from the first frame that arrived to the last: a queue that is full at the end is emptied later. */
function receivingTime({ trial }: RateTrial): number {
  const all = trial.receivers.map((name) => trial.arrivals[name]!).filter(({ frames }) => frames > 0)
  if (all.length === 0) return 0
  return (Math.max(...all.map(({ lastNs }) => lastNs)) - Math.min(...all.map(({ firstNs }) => firstNs))) / 1e9
}
