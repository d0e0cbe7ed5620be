/** The rate of a load in every unit, for people. */
import type { Trial } from '../measure/trial.ts'
import { framesPerSecond } from '../units/frame.ts'
import { meanSize } from '../units/mix.ts'
import { inEveryUnit } from '../units/rate.ts'

/** Of the frames that left the generator; empty for a single one, which has none. */
export function rateText({
  offered,
  durationNs,
  load,
  line: speed,
}: Pick<Trial, 'offered' | 'durationNs' | 'load' | 'line'>): string {
  if (offered < 2) return ''
  const rate = framesPerSecond(((offered - 1) * 1e9) / durationNs)
  const told = `${Math.round(rate).toLocaleString('en-US')} frames a second`
  // How long the frames of a profile are on average, nobody has counted.
  if (load.profile) return told
  const { l1, l2, line } = inEveryUnit(rate, load.mix ? meanSize(load.mix) : load.size, speed)
  const bits = (perSecond: number) => `${(perSecond / 1e9).toPrecision(3)} Gbit/s`
  const part =
    line === undefined ? 'the port has no line rate' : `${(line * 100).toPrecision(3)} % of its line rate`
  return `${told}, ${bits(l1)} of the wire (L1), ${bits(l2)} of frames (L2), ${part}`
}
