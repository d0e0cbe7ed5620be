import { classifyLoad, type Criterion } from './classify-load.ts'
import type { Step } from './load-grid.ts'
import type { ValidTrial } from './search-result.ts'

/** Loads that hold what is looked for between them, as far as they are known. */
export interface Bounds {
  readonly lower?: Step
  readonly upper?: Step
}

/** All valid trials of a search by load: each of them counts for every goal. */
export class MeasuredLoads {
  readonly #trials = new Map<Step, ValidTrial[]>()

  add(step: Step, trial: ValidTrial): void {
    const here = this.#trials.get(step)
    if (here) here.push(trial)
    else this.#trials.set(step, [trial])
  }

  at(step: Step): readonly ValidTrial[] {
    return this.#trials.get(step) ?? []
  }

  /**
   * The lowest upper bound, and the highest lower bound below it. A load that does well above one that does not is
   * taken for luck (draft-ietf-bmwg-mlrsearch-15, Relevant Lower Bound).
   */
  relevantBounds(criterion: Criterion): Bounds {
    let lower: Step | undefined
    for (const step of [...this.#trials.keys()].sort((a, b) => a - b)) {
      const found = classifyLoad(criterion, this.at(step))
      if (found === 'upper') return { ...(lower === undefined ? {} : { lower }), upper: step }
      if (found === 'lower') lower = step
    }
    return lower === undefined ? {} : { lower }
  }

  /** The highest lower bound below a load, or the lowest upper bound above it, whatever lies between. */
  nearest(criterion: Criterion, kind: keyof Bounds, to: Step | undefined): Step | undefined {
    const found = [...this.#trials.keys()].filter(
      (step) =>
        (to === undefined || (kind === 'lower' ? step < to : step > to)) &&
        classifyLoad(criterion, this.at(step)) === kind,
    )
    if (found.length === 0) return undefined
    return kind === 'lower' ? Math.max(...found) : Math.min(...found)
  }
}
