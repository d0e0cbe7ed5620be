/**
 * The binary search of RFC 2544 §26.1: halves the loads between one that lost too much and one that did not, each
 * judged by a single trial, for one goal after the other. (Draft -15 of MLRsearch writes its two initial bounds the
 * wrong way round.)
 */
import { framesPerSecond, type FrameRate } from '../../units/frame.ts'
import { ratio } from '../../units/ratio.ts'
import { seconds, type Seconds } from '../../units/seconds.ts'
import type { Goal } from './goal.ts'
import type { Limits } from './load-grid.ts'
import type { Ask, Judgement, Method, MethodKind } from './method.ts'
import type { ValidTrial } from './search-result.ts'

export const binary: MethodKind = {
  goals: (goals) => goals.map(oneTrial),
  firstDuration: (goals) => goals[0]!.finalTrialDuration,
  start: (goals, limits, first) => new BinarySearch(goals, limits, first),
}

/** The goal as a single trial judges it. */
const oneTrial = (goal: Goal): Goal => ({
  ...goal,
  exceedRatio: ratio(0),
  durationSum: goal.finalTrialDuration,
  initialTrialDuration: goal.finalTrialDuration,
  precedingTargets: 0,
})

/** Loads of one goal: undefined until a trial was there. */
interface Halving {
  readonly goal: Goal
  lower?: FrameRate
  upper?: FrameRate
  arrived: boolean
}

class BinarySearch implements Method {
  readonly #limits: Limits
  readonly #halvings: readonly Halving[]
  readonly #trials: ValidTrial[]

  constructor(goals: readonly Goal[], limits: Limits, first: ValidTrial) {
    this.#limits = limits
    this.#halvings = goals.map((goal) => ({ goal, arrived: false }))
    this.#trials = [first]
  }

  *run(): Generator<Ask, void, ValidTrial> {
    for (const halving of this.#halvings) {
      yield* this.#judge(halving, this.#limits.max)
      for (;;) {
        const { goal, lower = this.#limits.min, upper = lower } = halving
        if (upper - lower <= upper * goal.width) break
        yield* this.#judge(halving, framesPerSecond((lower + upper) / 2))
      }
      // So far nobody has measured the floor.
      if (halving.lower === undefined) yield* this.#judge(halving, this.#limits.min)
      halving.arrived = true
    }
  }

  judgements(): readonly Judgement[] {
    return this.#halvings.map(({ goal, lower, upper, arrived }) => ({
      goal,
      standing: { goal: goal.name, lower: lower ?? null, upper: upper ?? null, arrived },
      lower: this.#at(lower, goal),
      upper: this.#at(upper, goal),
    }))
  }

  rest(overhead: Seconds): Seconds {
    const { min, max } = this.#limits
    const rests = this.#halvings.map(({ goal, lower = min, upper = max, arrived }) => {
      const halvings = Math.ceil(Math.log2((upper - lower) / (upper * goal.width)))
      return arrived ? 0 : Math.max(1, halvings) * (goal.finalTrialDuration + overhead)
    })
    return seconds(rests.reduce((sum, rest) => sum + rest, 0))
  }

  *#judge(halving: Halving, load: FrameRate): Generator<Ask, void, ValidTrial> {
    const { goal } = halving
    if (this.#at(load, goal).length === 0)
      this.#trials.push(yield { load, duration: goal.finalTrialDuration, goals: [goal.name] })
    const lost = this.#at(load, goal)[0]!.lossRatio
    halving[lost > goal.lossRatio ? 'upper' : 'lower'] = load
  }

  #at(load: FrameRate | undefined, { finalTrialDuration }: Goal): readonly ValidTrial[] {
    return this.#trials.filter((trial) => trial.load === load && trial.duration === finalTrialDuration)
  }
}
