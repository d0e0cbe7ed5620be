/**
 * What a search looks for: the highest load at which trials of a length lose no more than a part of their frames
 * (draft-ietf-bmwg-mlrsearch-15, Goal Terms).
 */
import { percent, ratio, type Ratio } from '../../units/ratio.ts'
import { seconds, type Seconds } from '../../units/seconds.ts'

export interface Goal {
  /** Its name in results; no two goals of one search share it. */
  readonly name: string
  /** A trial that loses more than this is a bad one. */
  readonly lossRatio: Ratio
  /** Part of the duration sum that bad trials may take at a load which still counts as good. */
  readonly exceedRatio: Ratio
  readonly finalTrialDuration: Seconds
  /** Seconds of trials that are enough to judge a load. */
  readonly durationSum: Seconds
  /** Length of the first trials, which only show the way. */
  readonly initialTrialDuration: Seconds
  /** The bounds are close enough when they lie this part of the upper one apart. */
  readonly width: Ratio
  /** Coarser searches before the final one, each with half the width of the one before. */
  readonly precedingTargets: number
  /** While a bound is missing, each step towards it is so many times as wide as the last. */
  readonly expansion: number
}

/** FD.io CSIT's (resources/libraries/python/MLRsearch/search_goal.py). */
const CSIT = {
  lossRatio: ratio(0),
  exceedRatio: ratio(0.5),
  finalTrialDuration: seconds(1),
  durationSum: seconds(21),
  initialTrialDuration: seconds(1),
  width: percent(0.5),
  precedingTargets: 2,
  expansion: 2,
} as const satisfies Omit<Goal, 'name'>

/**
 * A goal; what is not given is as CSIT has it: trials of 1 s, 21 s in all, half of them good, no loss, 0.5 % wide.
 *
 * @throws RangeError that names goal, parameter, and what was expected.
 */
export function searchGoal(given: Pick<Goal, 'name'> & Partial<Goal>): Goal {
  const goal: Goal = { ...CSIT, ...given }
  for (const [holds, rule] of rules(goal))
    if (!holds) throw new RangeError(`goal ${goal.name === '' ? 'without a name' : goal.name}: ${rule}`)
  return goal
}

function rules(goal: Goal): readonly (readonly [boolean, string])[] {
  const { finalTrialDuration: final, initialTrialDuration: initial, durationSum: sum } = goal
  return [
    [goal.name !== '', 'a goal has a name'],
    // Not even all frames lost would be too many.
    [goal.lossRatio < 1, `lossRatio is from 0 to below 1; got ${goal.lossRatio}`],
    [goal.exceedRatio < 1, `exceedRatio is from 0 to below 1; got ${goal.exceedRatio}`],
    [goal.width > 0 && goal.width < 1, `width is above 0 and below 1; got ${goal.width}`],
    [initial > 0, `initialTrialDuration is above 0 s; got ${initial} s`],
    [final >= initial, `finalTrialDuration is no shorter than the initial ${initial} s; got ${final} s`],
    [sum >= final, `durationSum holds at least one final trial of ${final} s; got ${sum} s`],
    [
      Number.isInteger(goal.precedingTargets) && goal.precedingTargets >= 0,
      `precedingTargets is a whole number from 0; got ${goal.precedingTargets}`,
    ],
    [
      goal.precedingTargets > 0 || initial === sum,
      `precedingTargets is at least 1 where the initial trial of ${initial} s is not all of the ${sum} s`,
    ],
    [
      Number.isInteger(goal.expansion) && goal.expansion >= 2,
      `expansion is a whole number from 2; got ${goal.expansion}`,
    ],
  ]
}

/** Non-drop rate: no loss in at least half of the time. */
export const NDR = searchGoal({ name: 'ndr' })

/** Partial drop rate: at most 0.5 % lost in at least half of the time. */
export const PDR = searchGoal({ name: 'pdr', lossRatio: percent(0.5) })

/** Stands beside NDR on beds where a frame in a million goes astray at any load (FDio/csit#3885). */
export const STRICT_LOSS = searchGoal({ name: 'strict-loss', lossRatio: ratio(1e-5) })

/** Throughput of RFC 2544 §26.1 and §24: 60 s without a single loss. */
export const RFC_2544 = searchGoal({
  name: 'rfc2544',
  exceedRatio: ratio(0),
  finalTrialDuration: seconds(60),
  durationSum: seconds(60),
})

/** Binary search with loss verification of ETSI GS NFV-TST 009: one of two trials of 60 s without loss. */
export const TST009 = searchGoal({
  name: 'tst009',
  finalTrialDuration: seconds(60),
  durationSum: seconds(120),
})

/** The goals that are chosen by name. */
export const GOALS = [NDR, PDR, STRICT_LOSS, RFC_2544, TST009] as const satisfies readonly Goal[]

/** @throws RangeError for a name that is no goal's. */
export function chosenGoals(names: readonly string[]): Goal[] {
  return names.map((name) => {
    const goal = GOALS.find((one) => one.name === name)
    if (!goal)
      throw new RangeError(`there is no goal '${name}'; goals: ${GOALS.map((one) => one.name).join(', ')}`)
    return goal
  })
}
