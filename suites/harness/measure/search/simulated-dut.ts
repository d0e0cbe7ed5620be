/** A DUT of known capacity and a generator before it, both with the failings that real ones have. No time passes. */
import type { Measure, TrialResult } from '../../../../lab/measure/search/trial-result.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { seconds } from '../../../../lab/units/seconds.ts'
import { type Random, randomOf } from './random.ts'

/** How unsteady a DUT is. */
interface Noise {
  /** Each second it does less than its capacity, by the size of a normal deviate with this deviation. */
  readonly deviation: number
  /** It stands still so often a second, for so many seconds each time. */
  readonly stallsPerSecond: number
  readonly stallSeconds: number
}

export const PROFILES = {
  steady: { deviation: 0, stallsPerSecond: 0, stallSeconds: 0 },
  quiet: { deviation: 0.0004, stallsPerSecond: 0, stallSeconds: 0 },
  typical: { deviation: 0.002, stallsPerSecond: 0.05, stallSeconds: 0.0005 },
  noisy: { deviation: 0.004, stallsPerSecond: 0.3, stallSeconds: 0.001 },
} as const satisfies Record<string, Noise>

export interface Bed {
  /** Frames per second. */
  readonly capacity: number
  readonly noise?: Noise
  /** Frames that wait while the DUT is busy. */
  readonly buffer?: number
  /** Loses one frame of so many, at any load. */
  readonly losesOneOf?: number
  /** Frames per second that the generator can send at most. */
  readonly generatorCeiling?: number
  /** Part of its trials in which the generator sends a tenth too little. */
  readonly generatorMisses?: number
  /** What a trial takes beyond its duration, in seconds; CSIT's when absent. */
  readonly overhead?: number
}

/** A single core that redirects on mlx5, before a line of 10 Gbit/s. */
export const CAPACITY = 8_650_000
export const LIMITS = { min: framesPerSecond(9_001), max: framesPerSecond(14_880_952) }

/** Random searches take up to 300 trials. */
const ENDLESS = 3_000

/** @throws when a search does not end: no time passes here, so that no timeout of a test would end it either. */
export function simulate(bed: Bed, seed = 1): Measure {
  const random = randomOf(seed)
  let sinceLoss = 0
  let trials = 0
  const lossless = { ...bed, noise: bed.noise ?? PROFILES.steady, buffer: bed.buffer ?? 1024 }
  return (load, duration) => {
    if (++trials > ENDLESS) throw new Error(`a search that does not end after ${ENDLESS} trials`)
    const missed = random.uniform() < (bed.generatorMisses ?? 0) ? 0.9 : 1
    const rate = Math.min(load * missed, bed.generatorCeiling ?? Infinity)
    const intended = Math.round(load * duration)
    const offered = Math.min(intended, Math.round(rate * duration))
    let forwarded = offered - overrun(lossless, rate, duration, random)
    if (bed.losesOneOf !== undefined) {
      const lost = Math.floor((sinceLoss + offered) / bed.losesOneOf)
      sinceLoss = (sinceLoss + offered) % bed.losesOneOf
      forwarded -= Math.min(lost, forwarded)
    }
    const result: TrialResult = {
      intended,
      offered,
      forwarded,
      effectiveDuration: seconds(duration + (bed.overhead ?? 0.5)),
    }
    return Promise.resolve(result)
  }
}

/** Frames that found the buffer full. */
function overrun(
  { capacity, noise, buffer }: Bed & { noise: Noise; buffer: number },
  rate: number,
  duration: number,
  random: Random,
): number {
  let lost = 0
  for (let left: number = duration; left > 0; left -= 1) {
    const slow = capacity * (1 - noise.deviation * Math.abs(random.normal()))
    lost += Math.max(0, (rate - slow) * Math.min(1, left) - buffer)
  }
  for (let stall = random.poisson(noise.stallsPerSecond * duration); stall > 0; stall--)
    lost += Math.max(0, rate * noise.stallSeconds - buffer)
  return Math.min(Math.round(lost), Math.round(rate * duration))
}
