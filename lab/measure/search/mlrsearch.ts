/**
 * Multiple Loss Ratio search: all goals in one search, from short trials and wide bounds to many trials and close
 * ones (draft-ietf-bmwg-mlrsearch-15; choices that the draft leaves open are FD.io CSIT's).
 */
import { seconds, type Seconds } from '../../units/seconds.ts'
import { estimateRest } from './estimate-rest.ts'
import type { Goal } from './goal.ts'
import { keepClear } from './keep-clear.ts'
import { type Limits, LoadGrid, type Step } from './load-grid.ts'
import { type Bounds, MeasuredLoads } from './measured-loads.ts'
import type { Ask, Judgement, Method, MethodKind } from './method.ts'
import { Pursuit, type SharedReach } from './pursuit.ts'
import type { ValidTrial } from './search-result.ts'
import { targetChain } from './target-chain.ts'

export const mlrSearch: MethodKind = {
  goals: (goals) => goals,
  firstDuration,
  start: (...args) => new MlrSearch(...args),
}

/** The first trials are meant for all goals. */
function firstDuration(goals: readonly Goal[]): Seconds {
  return seconds(Math.max(...goals.map(({ initialTrialDuration }) => initialTrialDuration)))
}

/** Part of an equal share of the budget: a goal that is nearly there is not to lose its turn. */
const SHARE = 1.5

class MlrSearch implements Method {
  readonly #goals: readonly Goal[]
  readonly #grid: LoadGrid
  readonly #first: ValidTrial
  readonly #budget: Seconds | undefined
  readonly #loads = new MeasuredLoads()
  #pursuits: readonly Pursuit[] = []

  constructor(goals: readonly Goal[], limits: Limits, first: ValidTrial, budget?: Seconds) {
    this.#goals = goals
    this.#budget = budget
    this.#grid = new LoadGrid(
      limits,
      goals.map(({ width }) => width),
    )
    this.#first = first
    this.#loads.add(this.#grid.top, first)
    this.#pursue({ lower: 0, upper: this.#grid.top })
  }

  *run(): Generator<Ask, void, ValidTrial> {
    const start = yield* this.#findStart()
    this.#pursue(start)
    for (;;) {
      const next = this.#next()
      if (!next) return
      const trial = yield* this.#measure(next.load, next.duration, [next.pursuit.goal])
      next.pursuit.won(trial)
    }
  }

  judgements(): readonly Judgement[] {
    return this.#pursuits.map((pursuit) => {
      const { goal, boundsSoFar: soFar, goalBounds, arrived } = pursuit
      const at = (step: Step | undefined) => (step === undefined ? [] : this.#loads.at(step))
      const load = (step: Step | undefined) => (step === undefined ? null : this.#grid.load(step))
      return {
        goal,
        standing: { goal: goal.name, lower: load(soFar.lower), upper: load(soFar.upper), arrived },
        lower: at(goalBounds.lower),
        upper: at(goalBounds.upper),
      }
    })
  }

  rest(overhead: Seconds): Seconds {
    return estimateRest(this.#pursuits, overhead)
  }

  #pursue(start: Required<Bounds>): void {
    const shared: SharedReach = { width: start.upper - start.lower }
    this.#pursuits = this.#goals.map((goal) => new Pursuit(goal, this.#grid, this.#loads, start, shared))
  }

  *#measure(load: Step, duration: Seconds, goals: readonly Goal[]): Generator<Ask, ValidTrial, ValidTrial> {
    const trial = yield { load: this.#grid.load(load), duration, goals: goals.map(({ name }) => name) }
    this.#loads.add(load, trial)
    return trial
  }

  /** Two loads near what is looked for: what the DUT forwards under overload is a hint where it ends. */
  *#findStart(): Generator<Ask, Required<Bounds>, ValidTrial> {
    const { top } = this.#grid
    const loss = Math.min(...this.#goals.map(({ lossRatio }) => lossRatio))
    const width = Math.max(...this.#goals.map((goal) => targetChain(goal, this.#grid)[0]!.width))
    const duration = firstDuration(this.#goals)
    // Forwarded under overload, and what may be lost besides: as if all above were lost.
    const hint = (trial: ValidTrial) => this.#grid.atMost((trial.load * (1 - trial.lossRatio)) / (1 - loss))

    const one = keepClear(hint(this.#first), width, { upper: top }, top)
    if (one === undefined) return { lower: top, upper: top }
    const trial = yield* this.#measure(one, duration, this.#goals)
    const other =
      trial.lossRatio > loss
        ? keepClear(hint(trial), width, { upper: one }, top)
        : keepClear(one + width, width, { lower: one, upper: top }, top)
    if (other === undefined) return { lower: one, upper: one }
    yield* this.#measure(other, duration, this.#goals)
    return { lower: Math.min(one, other), upper: Math.max(one, other) }
  }

  /** The lowest load goes first, then the longest trial, then the largest width, then the earlier goal. */
  #next() {
    return this.#pursuits
      .flatMap((pursuit) => {
        const nomination = pursuit.nominate()
        return nomination ? [{ ...nomination, pursuit }] : []
      })
      .sort(
        (a, b) =>
          this.#turn(a.pursuit) - this.#turn(b.pursuit) ||
          a.load - b.load ||
          b.duration - a.duration ||
          b.width - a.width,
      )
      .at(0)
  }

  /**
   * Where there is a budget, a goal that allows more loss goes before one that allows less: on a bed that is never
   * without loss, the way down to the lowest load would leave nothing for the goals above. But it is last when it has
   * had its share.
   */
  #turn({ goal, spent }: Pursuit): number {
    if (this.#budget === undefined) return 0
    return spent > (this.#budget * SHARE) / this.#goals.length ? 1 : 0 - goal.lossRatio
  }
}
