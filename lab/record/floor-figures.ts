/** What the lowest load of a search showed, where a goal found no load that is low enough. */
import type { RateTrial } from '../measure/rate-trial.ts'
import type { Figure } from './measurement.ts'

/** What is asked of a trial. */
export type FloorTrial = Pick<RateTrial, 'offered' | 'forwarded'> & {
  readonly trial: {
    readonly ledger: {
      readonly lost: readonly { readonly stage: string; readonly reason: string; readonly count: number }[]
    }
  }
}

/**
 * @param trials at the lowest load, valid ones.
 * @returns parameters of the method: frames lost and offered there in all, and the reasons by their share.
 */
export function floorParameters(trials: readonly FloorTrial[]): Figure['method'] {
  if (trials.length === 0) return {}
  const byReason = new Map<string, number>()
  for (const { stage, reason, count } of trials.flatMap(({ trial }) => trial.ledger.lost))
    byReason.set(`${stage}: ${reason}`, (byReason.get(`${stage}: ${reason}`) ?? 0) + count)
  const reasons = [...byReason].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`)
  return {
    'trials at the lowest load': trials.length,
    'lost at the lowest load': sum(trials.map(({ offered, forwarded }) => offered - forwarded)),
    'offered at the lowest load': sum(trials.map(({ offered }) => offered)),
    ...(reasons.length > 0 ? { 'lost there by': reasons.join(', ') } : {}),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)
