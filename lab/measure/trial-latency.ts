/** How long frames took from generator to receiver. */
import { mergeHistograms } from '../stats/latency.ts'
import type { Trial } from './trial.ts'

/** [lower bound in ns, frames], of all receivers together. */
export function latencyOf({ receivers, arrivals }: Trial): [number, number][] {
  return mergeHistograms(receivers.map((name) => arrivals[name]?.latency ?? []))
}
