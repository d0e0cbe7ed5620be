/** What a frame costs through a target, beside the same path without a redirect, as figures to keep. */
import type { FrameCost } from '../measure/cost.ts'
import type { CycleRate } from '../evidence/cycles.ts'
import { median } from '../stats/median.ts'
import type { Figure, Quantity } from './measurement.ts'
import { repeatedFigure } from './repeated-figure.ts'

/** What the program answers: the cell's own redirect, or nothing but these. */
export const ANSWERS = ['REDIRECT', 'DROP', 'TX'] as const
export type Answer = (typeof ANSWERS)[number]

export interface CostMeasured {
  /** Absent when the trial says nothing. */
  readonly cost?: FrameCost
  readonly cycles: CycleRate
  readonly seconds: number
  readonly offered: number
  readonly forwarded: number
}

const QUANTITY: Readonly<Record<Answer, { readonly ns: Quantity; readonly cycles: Quantity }>> = {
  REDIRECT: { ns: 'cost-ns', cycles: 'cost-cycles' },
  DROP: { ns: 'drop-ns', cycles: 'drop-cycles' },
  TX: { ns: 'tx-ns', cycles: 'tx-cycles' },
}

/** Nanoseconds per frame, and cycles where they could be counted. */
export function costFigures(answer: Answer, trials: readonly CostMeasured[]): Figure[] {
  const measured = trials.flatMap(({ cost, cycles }) => (cost ? [{ cost, cycles }] : []))
  const saturated = measured.filter(({ cost }) => cost.kind === 'saturated')
  const others = measured.filter(({ cost }) => cost.kind === 'at-ceiling')
  // Trials that took longer than an upper bound were held up by something else.
  const bound = Math.min(...others.map(({ cost }) => cost.ns))
  const ceiling = saturated.length === 0 || median(saturated.map(({ cost }) => cost.ns)) > bound
  const telling = ceiling ? others : saturated
  const counted = telling.flatMap(({ cost, cycles }) => ('perNs' in cycles ? [cost.ns * cycles.perNs] : []))
  const method = {
    time: 'of sending, by the frames that the program answered for meanwhile',
    saturation: 'at least 5 % of the frames find the receive ring full; with less the cost is an upper bound',
    'work counted': 'all that the receiving CPU does; on a virtual lab that of the sink too',
    'trials with saturation': saturated.length,
    'offered, frames': sum(trials.map(({ offered }) => offered)),
    'forwarded, frames': sum(trials.map(({ forwarded }) => forwarded)),
    ...(counted.length > 0 ? {} : { cycles: `not counted: ${whyUnknown(trials)}` }),
  }
  const figure = (quantity: Quantity, values: readonly number[]): Figure => {
    const one = repeatedFigure(quantity, values, {
      seconds: sum(trials.map(({ seconds }) => seconds)),
      method,
    })
    // The least of several upper bounds is the closest.
    return ceiling && values.length > 0
      ? { ...one, value: one.lower, lower: null, upper: one.lower, irregular: 'at-ceiling' }
      : one
  }
  const { ns, cycles } = QUANTITY[answer]
  return [
    figure(
      ns,
      telling.map(({ cost }) => cost.ns),
    ),
    ...(counted.length > 0 ? [figure(cycles, counted)] : []),
  ]
}

function whyUnknown(trials: readonly CostMeasured[]): string {
  const [why] = trials.flatMap(({ cycles }) => ('unknown' in cycles ? [cycles.unknown] : []))
  return why ?? 'no trial was valid'
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
