import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import {
  classifyLoad,
  type Criterion,
  type LoadClass,
  type Sample,
} from '../../../../lab/measure/search/classify-load.ts'
import { conditionalLossRatio } from '../../../../lab/measure/search/conditional-loss.ts'
import { percent, ratio, type Ratio } from '../../../../lab/units/ratio.ts'
import { seconds, type Seconds } from '../../../../lab/units/seconds.ts'

interface Vector {
  readonly goal: Omit<Criterion, 'trialDuration'> & { readonly finalTrialDuration: Seconds }
  readonly trials: readonly Sample[]
  readonly bound: LoadClass
  readonly conditionalLossRatio: Ratio
}

/** Random sets of trials, judged by the code of FD.io CSIT. */
const VECTORS = JSON.parse(
  readFileSync(new URL('../../vectors/mlrsearch-load-classification.json', import.meta.url), 'utf8'),
) as readonly Vector[]

test('Every load is judged as by CSIT, and loses as much on condition', () => {
  expect(VECTORS.length).toBeGreaterThan(300)
  for (const { goal, trials, ...expected } of VECTORS) {
    const criterion = { ...goal, trialDuration: goal.finalTrialDuration }
    expect({
      bound: classifyLoad(criterion, trials),
      conditionalLossRatio: conditionalLossRatio(criterion, trials),
    }).toEqual(expected)
  }
})

test('The order of trials does not matter', () => {
  for (const { goal, trials, bound, conditionalLossRatio: loss } of VECTORS) {
    const criterion = { ...goal, trialDuration: goal.finalTrialDuration }
    const backwards = [...trials].reverse()
    expect(classifyLoad(criterion, backwards)).toBe(bound)
    expect(conditionalLossRatio(criterion, backwards)).toBe(loss)
  }
})

/** The goals of the draft's example search, by its dense code. */
const criterion = (final: number, sum: number, loss: Ratio, exceed: Ratio): Criterion => ({
  trialDuration: seconds(final),
  durationSum: seconds(sum),
  lossRatio: loss,
  exceedRatio: exceed,
})
const EXAMPLE = [
  criterion(60, 60, percent(0), percent(0)),
  criterion(60, 120, percent(0), percent(50)),
  criterion(1, 120, percent(0.5), percent(50)),
  criterion(60, 60, percent(0.5), percent(20)),
]
const times = (count: number, duration: number, loss: Ratio): Sample[] =>
  Array.from({ length: count }, () => ({
    duration: seconds(duration),
    effectiveDuration: seconds(duration),
    lossRatio: loss,
  }))
const GOOD = times(59, 1, percent(0))
const BAD = times(60, 1, percent(1))
const LONG = times(1, 60, percent(0.1))
// For its fourth goal the draft's table calls the last two points a lower bound, against its own figures: 42.857 and
// 27.273 % of the time exceed the 20 % that the goal allows, and its code says upper bound.
const POINTS: readonly (readonly [string, readonly Sample[], readonly LoadClass[]])[] = [
  ['first short good', GOOD, ['undecided', 'undecided', 'undecided', 'undecided']],
  [
    'first short bad',
    [...GOOD, ...times(1, 1, percent(1))],
    ['upper', 'undecided', 'undecided', 'undecided'],
  ],
  ['last short bad', [...GOOD, ...BAD], ['upper', 'undecided', 'undecided', 'upper']],
  [
    'last short good',
    [...GOOD, ...BAD, ...times(1, 1, percent(0))],
    ['upper', 'undecided', 'lower', 'upper'],
  ],
  [
    'first long bad',
    [...GOOD, ...BAD, ...times(1, 1, percent(0)), ...LONG],
    ['upper', 'undecided', 'lower', 'upper'],
  ],
  [
    'first long good',
    [...GOOD, ...BAD, ...times(1, 1, percent(0)), ...LONG, ...times(1, 60, percent(0))],
    ['upper', 'lower', 'lower', 'upper'],
  ],
]

for (const [point, samples, expected] of POINTS)
  test(`The draft's example search has its four verdicts at the ${point} trial`, () => {
    expect(EXAMPLE.map((goal) => classifyLoad(goal, samples))).toEqual(expected)
  })

test("The draft's example search loses nothing on condition by goals 2 and 3, and 0.1 % by goal 4", () => {
  const [, samples] = POINTS.at(-1)!
  const losses = EXAMPLE.slice(1).map((goal) => conditionalLossRatio(goal, samples))
  expect(losses).toEqual([0, 0, percent(0.1)])
})

test('Without trials a load is undecided, and all is lost', () => {
  expect(classifyLoad(EXAMPLE[1]!, [])).toBe('undecided')
  expect(conditionalLossRatio(EXAMPLE[1]!, [])).toBe(ratio(1))
})
