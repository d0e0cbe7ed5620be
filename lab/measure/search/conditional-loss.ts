import { ratio, type Ratio } from '../../units/ratio.ts'
import type { Criterion, Sample } from './classify-load.ts'

/** Seconds that sums of durations may be off by rounding; a lower bound must not fail to be one by so little. */
const ROUNDING = 1e-9

/**
 * The loss that the full-length trials at a load stay below but for the exceed ratio; seconds that are missing from
 * the duration sum count as lost. Load × (1 - this) is the conditional throughput of a lower bound
 * (draft-ietf-bmwg-mlrsearch-15, Conditional Throughput Code).
 */
export function conditionalLossRatio(criterion: Criterion, samples: readonly Sample[]): Ratio {
  const full = samples
    .filter(({ duration }) => duration >= criterion.trialDuration)
    .sort((a, b) => a.lossRatio - b.lossRatio)
  const measured = full.reduce((sum, { effectiveDuration }) => sum + effectiveDuration, 0)
  let remaining = Math.max(criterion.durationSum, measured) * (1 - criterion.exceedRatio)
  let loss = ratio(1)
  for (const [index, sample] of full.entries()) {
    if (index > 0 && remaining <= ROUNDING) return loss
    loss = sample.lossRatio
    remaining -= sample.effectiveDuration
  }
  return remaining > ROUNDING ? ratio(1) : loss
}
