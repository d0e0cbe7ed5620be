import { seconds, type Seconds } from '../../units/seconds.ts'
import type { Goal } from './goal.ts'
import type { LoadGrid, Step } from './load-grid.ts'
import type { Bounds, MeasuredLoads } from './measured-loads.ts'
import type { ValidTrial } from './search-result.ts'
import { type Nomination, nominate } from './strategies.ts'
import { type Target, targetChain } from './target-chain.ts'

/**
 * How far all goals go out at least for a missing bound. They share it, so that two goals that look for a bound in
 * the same direction do not take turns with small steps.
 */
export interface SharedReach {
  width: Step
}

/** One goal on its way through its chain of targets. */
export class Pursuit {
  readonly goal: Goal
  readonly #top: Step
  readonly #loads: MeasuredLoads
  readonly #shared: SharedReach
  readonly #chain: readonly Target[]
  #stage = 0
  #start: Bounds
  #reach: Step
  #nomination: Nomination | undefined
  #arrived = false
  #spent = 0

  /** @param start loads of the first trials: where the first target begins. */
  constructor(goal: Goal, grid: LoadGrid, loads: MeasuredLoads, start: Bounds, shared: SharedReach) {
    this.goal = goal
    this.#top = grid.top
    this.#loads = loads
    this.#shared = shared
    this.#chain = targetChain(goal, grid)
    this.#start = start
    this.#reach = this.#firstReach()
  }

  get #target(): Target {
    return this.#chain[this.#stage]!
  }

  /** By the target that is pursued now. */
  get bounds(): Bounds {
    return this.#loads.relevantBounds(this.#target)
  }

  /**
   * As close as they are known: where the target has no bound yet, that of the one before; where that is refuted, the
   * nearest that the coarsest target knows.
   */
  get boundsSoFar(): Bounds {
    const { lower, upper } = this.bounds
    if (this.#stage === 0) return this.bounds
    const below = lower ?? this.#start.lower
    const above = upper ?? this.#start.upper
    const sound = below === undefined || above === undefined || below < above
    const [coarsest] = this.#chain
    return asBounds({
      lower: sound || below === lower ? below : this.#loads.nearest(coarsest!, 'lower', above),
      upper: sound || above === upper ? above : this.#loads.nearest(coarsest!, 'upper', below),
    })
  }

  /** By the goal itself. */
  get goalBounds(): Bounds {
    return this.#loads.relevantBounds(this.#chain.at(-1)!)
  }

  /** The goal has what it asked for; trials for other goals may yet change that. */
  get arrived(): boolean {
    return this.#arrived
  }

  /** Effective seconds of the trials that it won. */
  get spent(): Seconds {
    return seconds(this.#spent)
  }

  /** Effective seconds of full-length trials at the load that it would measure next. */
  get begun(): number {
    if (!this.#nomination) return 0
    const trials = this.#loads.at(this.#nomination.load)
    const full = trials.filter(({ duration }) => duration >= this.#target.trialDuration)
    return full.reduce((sum, { effectiveDuration }) => sum + effectiveDuration, 0)
  }

  /** The targets still to be met, the one that is pursued now first. */
  get ahead(): readonly Target[] {
    return this.#arrived ? [] : this.#chain.slice(this.#stage)
  }

  /** What it would measure next; undefined when there is nothing more to find out. */
  nominate(): (Nomination & { readonly duration: Seconds }) | undefined {
    for (;;) {
      this.#nomination = nominate({
        target: this.#target,
        bounds: this.bounds,
        start: this.#start,
        reach: Math.max(this.#reach, this.#shared.width),
        top: this.#top,
      })
      this.#arrived = !this.#nomination && this.#stage === this.#chain.length - 1
      if (this.#arrived) return undefined
      if (this.#nomination) {
        const { reachFrom } = this.#nomination
        if (reachFrom !== undefined) this.#reach = this.#widened(Math.max(reachFrom, this.#target.width))
        return { ...this.#nomination, duration: this.#target.trialDuration }
      }
      this.#start = this.bounds
      this.#stage += 1
      this.#reach = this.#firstReach()
    }
  }

  /** Its nomination was measured. */
  won({ effectiveDuration }: ValidTrial): void {
    this.#spent += effectiveDuration
    const { load, width, widenIf } = this.#nomination!
    this.#shared.width = width
    if (widenIf === undefined || this.bounds[widenIf] !== load) return
    this.#reach = this.#widened(this.#reach)
    this.#shared.width = this.#reach
  }

  #firstReach(): Step {
    const { lower, upper } = this.#start
    const whole = lower === undefined || upper === undefined ? 0 : upper - lower
    return this.#widened(Math.max(this.#target.width, whole))
  }

  #widened(width: Step): Step {
    return width * this.#target.expansion
  }
}

function asBounds({ lower, upper }: { lower: Step | undefined; upper: Step | undefined }): Bounds {
  return { ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }) }
}
