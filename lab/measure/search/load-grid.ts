/**
 * The loads that a search may use, as steps of equal ratio from the lowest to the highest. Widths are whole numbers
 * of steps, so that what was widened and halved again is exactly what it was; in frames per second it would not be.
 */
import { framesPerSecond, type FrameRate } from '../../units/frame.ts'
import type { Ratio } from '../../units/ratio.ts'

/** Number of a load on the grid, from 0 at the lowest; also a distance of two. */
export type Step = number

export interface Limits {
  readonly min: FrameRate
  readonly max: FrameRate
}

/** A width in steps is this part of the width asked for: never more, so that bounds are as close as was asked. */
const FIT = { least: 0.99, most: 0.999999 } as const

export class LoadGrid {
  readonly limits: Limits
  /** Step of the highest load. */
  readonly top: Step

  /**
   * @param limits min below max.
   * @param widths that have to come out as whole numbers of steps, each above 0 and below 1.
   */
  constructor(limits: Limits, widths: readonly Ratio[]) {
    this.limits = limits
    this.top = stepsFor(Math.log(limits.max / limits.min), widths.map(logarithm))
  }

  load(step: Step): FrameRate {
    const { min, max } = this.limits
    if (step <= 0) return min
    return step >= this.top ? max : framesPerSecond(min * Math.exp((step / this.top) * Math.log(max / min)))
  }

  /** Step of the highest load of the grid that is no higher; 0 below the grid. */
  atMost(rate: number): Step {
    const { min, max } = this.limits
    if (rate >= max) return this.top
    if (rate <= min) return 0
    const near = Math.round((Math.log(rate / min) / Math.log(max / min)) * this.top)
    return this.load(near) <= rate ? near : near - 1
  }

  /** Most steps that two loads may be apart to be no further apart than this part of the higher one. */
  steps(width: Ratio): Step {
    const { min, max } = this.limits
    return Math.floor((logarithm(width) / Math.log(max / min)) * this.top)
  }
}

const logarithm = (width: number): number => -Math.log1p(-width)

/** Fewest steps over a range by which every width nearly is a whole number of them. All as logarithms. */
function stepsFor(range: number, widths: readonly number[]): Step {
  let steps = 1
  for (;;) {
    const poor = widths.map((width) => (width / range) * steps).filter((inSteps) => !fits(inSteps))
    if (poor.length === 0) return steps
    // The next number of steps at which this width is a whole number of them.
    const next = poor.map((inSteps) => ((Math.floor(inSteps) + 1) / FIT.most / inSteps) * steps)
    steps = Math.max(steps + 1, Math.ceil(Math.max(...next)))
  }
}

function fits(inSteps: number): boolean {
  const fit = Math.floor(inSteps) / inSteps
  return fit >= FIT.least && fit <= FIT.most
}
