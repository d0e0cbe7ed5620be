/** Any method from its first trial to the result: the ceiling, the budget, invalid trials, progress. */
import { type FrameRate, framesPerSecond } from '../../units/frame.ts'
import type { Seconds } from '../../units/seconds.ts'
import type { Goal } from './goal.ts'
import { goalResult } from './goal-result.ts'
import type { Limits } from './load-grid.ts'
import type { Ask, Judgement, Method, MethodKind } from './method.ts'
import type {
  Ending,
  InvalidTrial,
  SearchProgress,
  SearchResult,
  SearchTrial,
  ValidTrial,
} from './search-result.ts'
import type { Measure } from './trial-result.ts'
import { type Taken, type TakeOptions, ValidTrials } from './valid-trials.ts'

const ATTEMPTS = 4
const PACE_TOLERANCE = 0.001
/** A generator that time and again misses what it has just reached is not to be relied on. */
const LOWERED_AT_MOST = 5

export interface RunOptions extends Partial<TakeOptions> {
  readonly onProgress?: (progress: SearchProgress) => void
}

export class SearchRun {
  readonly #kind: MethodKind
  readonly #goals: readonly Goal[]
  readonly #trials: ValidTrials
  readonly #budget: Seconds | undefined
  readonly #onProgress: RunOptions['onProgress']
  readonly #seen: SearchTrial[] = []
  readonly #valid: ValidTrial[] = []
  #limits: Limits
  #lowered = 0
  #method: Method | undefined

  /** @throws RangeError for goals, limits or options that make no search. */
  constructor(
    kind: MethodKind,
    goals: readonly Goal[],
    limits: Limits,
    measure: Measure,
    { attempts = ATTEMPTS, paceTolerance = PACE_TOLERANCE, budget, onProgress }: RunOptions,
  ) {
    check(goals, limits, attempts)
    this.#kind = kind
    this.#goals = kind.goals(goals)
    this.#limits = limits
    this.#trials = new ValidTrials(measure, {
      attempts,
      paceTolerance,
      ...(budget === undefined ? {} : { budget }),
    })
    this.#budget = budget
    this.#onProgress = onProgress
  }

  async toEnd(): Promise<SearchResult> {
    const ending = await this.#search()
    return {
      ending,
      goals: this.#judgements().map((judgement) => goalResult(judgement, this.#limits, this.#valid)),
      trials: this.#seen,
      limits: this.#limits,
      ceiling: this.#lowered > 0 ? 'generator' : 'limit',
      spent: this.#trials.spent,
    }
  }

  async #search(): Promise<Ending> {
    for (;;) {
      const taken = await this.#below(this.#limits.max)
      if (taken === undefined) return { kind: 'complete' }
      if (taken.kind !== 'short' || this.#lowered === LOWERED_AT_MOST) return endingOf(taken)
      if (taken.reached <= this.#limits.min)
        return { kind: 'invalid', reason: `${taken.reason}; that is no more than the lowest load` }
      // What it reaches now is the highest load, and the search begins anew from there.
      this.#limits = { ...this.#limits, max: framesPerSecond(taken.reached) }
      this.#lowered += 1
    }
  }

  /** @returns what the trial was that it could not go on from; undefined when it came to its end. */
  async #below(highest: FrameRate): Promise<Exclude<Taken, { kind: 'valid' }> | undefined> {
    const first = await this.#take({
      load: highest,
      duration: this.#kind.firstDuration(this.#goals),
      goals: this.#goals.map(({ name }) => name),
    })
    if (first.kind !== 'valid') return first
    this.#method = this.#kind.start(this.#goals, this.#limits, first.trial, this.#budget)
    const run = this.#method.run()
    let next = run.next()
    this.#note(first.trial)
    while (!next.done) {
      const taken = await this.#take(next.value)
      if (taken.kind !== 'valid') return taken
      next = run.next(taken.trial)
      this.#note(taken.trial)
    }
    return undefined
  }

  #take(ask: Ask): Promise<Taken> {
    return this.#trials.take(ask, (trial) => this.#note(trial))
  }

  /** With the standings that it has led to. */
  #note(trial: ValidTrial | InvalidTrial): void {
    const noted = { ...trial, standings: this.#judgements().map(({ standing }) => standing) }
    this.#seen.push(noted)
    if ('lossRatio' in trial) this.#valid.push(trial)
    this.#onProgress?.({ trial: noted, spent: this.#trials.spent, rest: this.#rest() })
  }

  #rest(): Seconds | null {
    return this.#method?.rest(this.#trials.overhead) ?? null
  }

  #judgements(): readonly Judgement[] {
    const standing = { lower: null, upper: null, arrived: false }
    return (
      this.#method?.judgements() ??
      this.#goals.map((goal) => ({
        goal,
        standing: { ...standing, goal: goal.name },
        lower: [],
        upper: [],
      }))
    )
  }
}

function endingOf(taken: Exclude<Taken, { kind: 'valid' }>): Ending {
  switch (taken.kind) {
    case 'out-of-budget':
      return { kind: 'out-of-budget' }
    case 'invalid':
    case 'short':
      return { kind: 'invalid', reason: taken.reason }
    default:
      return taken satisfies never
  }
}

function check(goals: readonly Goal[], { min, max }: Limits, attempts: number): void {
  if (goals.length === 0) throw new RangeError('a search needs at least one goal; got none')
  const names = goals.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new RangeError(`each goal of a search has a name of its own; ${twice} is there twice`)
  if (!(min < max))
    throw new RangeError(
      `a search needs a lowest load below its highest; got ${min} and ${max} frames per second`,
    )
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new RangeError(`attempts is a whole number from 1; got ${attempts}`)
}
