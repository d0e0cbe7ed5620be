import type { FrameRate } from '../../units/frame.ts'
import type { Seconds } from '../../units/seconds.ts'
import type { Goal } from './goal.ts'
import type { Limits } from './load-grid.ts'
import type { Standing, ValidTrial } from './search-result.ts'

/** A trial that a method wants next. */
export interface Ask {
  readonly load: FrameRate
  readonly duration: Seconds
  /** Names of the goals that want it. */
  readonly goals: readonly string[]
}

/** What a method knows of a goal: its standing, and the trials at the loads which the goal's own criterion judged. */
export interface Judgement {
  readonly goal: Goal
  readonly standing: Standing
  readonly lower: readonly ValidTrial[]
  readonly upper: readonly ValidTrial[]
}

/** A way to search. It measures nothing itself. */
export interface Method {
  /** Asks for one trial after the other, is given each when it was valid, and ends when all is found. */
  run(): Generator<Ask, void, ValidTrial>
  /** One of each goal, in order. */
  judgements(): readonly Judgement[]
  /** Seconds of trials that are likely still to come. @param overhead what a trial takes beyond its duration. */
  rest(overhead: Seconds): Seconds
}

/** How a search begins: with a trial at the highest load, which the method then continues from. */
export interface MethodKind {
  /** As the method takes them: it may ignore part of a goal. */
  goals(goals: readonly Goal[]): readonly Goal[]
  firstDuration(goals: readonly Goal[]): Seconds
  /** @param budget effective seconds of all trials together; undefined: as many as it takes. */
  start(goals: readonly Goal[], limits: Limits, first: ValidTrial, budget?: Seconds): Method
}
