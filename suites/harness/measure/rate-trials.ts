/** A trial at a rate, as a bed that keeps up makes it. */
import type { RateTrial } from '../../../lab/measure/rate-trial.ts'
import type { Trial } from '../../../lab/measure/trial.ts'
import { framesPerSecond } from '../../../lab/units/frame.ts'
import { seconds } from '../../../lab/units/seconds.ts'

export function rateTrialOf(
  trial: Trial,
  { sendingTime = 1, invalid }: { sendingTime?: number; invalid?: string } = {},
): RateTrial {
  return {
    load: {
      size: trial.load.size,
      frames: trial.load.frames,
      rate: framesPerSecond(trial.intended / sendingTime),
      duration: seconds(sendingTime),
    },
    intended: trial.intended,
    offered: trial.offered,
    forwarded: trial.ledger.received,
    sendingTime: seconds(sendingTime),
    effectiveDuration: seconds(sendingTime + 0.5),
    cpus: [],
    trial,
    ...(invalid === undefined ? {} : { invalid }),
  }
}
