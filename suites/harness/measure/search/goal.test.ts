import { expect, test } from '@playwright/test'
import { type Goal, GOALS, RFC_2544, searchGoal, TST009 } from '../../../../lab/measure/search/goal.ts'
import { LoadGrid } from '../../../../lab/measure/search/load-grid.ts'
import { targetChain } from '../../../../lab/measure/search/target-chain.ts'
import { ratio } from '../../../../lab/units/ratio.ts'
import { seconds } from '../../../../lab/units/seconds.ts'
import { LIMITS } from './simulated-dut.ts'

const REFUSED: readonly (readonly [Partial<Goal>, string])[] = [
  [{ name: '' }, 'goal without a name: a goal has a name'],
  [{ lossRatio: ratio(1) }, 'goal ours: lossRatio is from 0 to below 1; got 1'],
  [{ exceedRatio: ratio(1) }, 'goal ours: exceedRatio is from 0 to below 1; got 1'],
  [{ width: ratio(0) }, 'goal ours: width is above 0 and below 1; got 0'],
  [{ width: ratio(1) }, 'goal ours: width is above 0 and below 1; got 1'],
  [{ initialTrialDuration: seconds(0) }, 'goal ours: initialTrialDuration is above 0 s; got 0 s'],
  [
    { initialTrialDuration: seconds(2) },
    'goal ours: finalTrialDuration is no shorter than the initial 2 s; got 1 s',
  ],
  [
    { finalTrialDuration: seconds(30) },
    'goal ours: durationSum holds at least one final trial of 30 s; got 21 s',
  ],
  [{ precedingTargets: 0.5 }, 'goal ours: precedingTargets is a whole number from 0; got 0.5'],
  [
    { precedingTargets: 0 },
    'goal ours: precedingTargets is at least 1 where the initial trial of 1 s is not all of the 21 s',
  ],
  [{ expansion: 1 }, 'goal ours: expansion is a whole number from 2; got 1'],
]

for (const [parameters, words] of REFUSED)
  test(`A goal with ${JSON.stringify(parameters)} is refused`, () => {
    expect(() => searchGoal({ name: 'ours', ...parameters })).toThrow(new RangeError(words))
  })

test('The goals that RFC 2544 and TST 009 ask for comply with them', () => {
  expect(RFC_2544).toMatchObject({ finalTrialDuration: 60, durationSum: 60, lossRatio: 0, exceedRatio: 0 })
  expect(TST009).toMatchObject({ finalTrialDuration: 60, durationSum: 120, lossRatio: 0, exceedRatio: 0.5 })
})

test('The goals on offer have different names', () => {
  expect(new Set(GOALS.map(({ name }) => name)).size).toBe(GOALS.length)
})

test('A goal is approached by ever more trials within ever closer bounds', () => {
  const goal = searchGoal({ name: 'ours' })
  const chain = targetChain(goal, new LoadGrid(LIMITS, [goal.width]))
  expect(chain.map(({ durationSum }) => durationSum.toFixed(2))).toEqual(['1.00', '4.58', '21.00'])
  const widths = chain.map(({ width }) => width)
  expect(widths).toEqual([4 * widths[2]!, 2 * widths[2]!, widths[2]!])
})
