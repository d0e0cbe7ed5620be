import { expect, test } from '@playwright/test'
import { recoveryOf } from '../../../lab/measure/recovery.ts'
import type { Losses } from '../../../lab/remote/losses.ts'
import { recoveryFigure } from '../../../lab/record/recovery-figures.ts'
import { framesPerSecond } from '../../../lab/units/frame.ts'
import { seconds } from '../../../lab/units/seconds.ts'

/** A million frames in overload, then half a million in half a second. */
const TRIAL = { intended: 1_500_000, trial: { thenDurationNs: 5e8 } }
const FROM = 1_000_000
const losses = (about: Partial<Losses>): Losses => ({
  before: 9,
  during: 0,
  end: FROM,
  within: 0,
  later: 0,
  ...about,
})

test('Recovery is the time from the fall of the rate to the last frame lost because of it', () => {
  expect(recoveryOf(TRIAL, losses({ during: 20, end: FROM + 300 }), FROM)).toEqual({ ns: 300_000 })
  expect(recoveryOf(TRIAL, losses({}), FROM)).toEqual({ ns: 0 })
})

test('Where frames are counted in windows, it is said by how much it may be shorter', () => {
  expect(recoveryOf(TRIAL, losses({ during: 20, end: FROM + 500, within: 499 }), FROM)).toEqual({
    ns: 500_000,
    withinNs: 499_000,
  })
})

test('A loss later than that is not the overload’s', () => {
  expect(recoveryOf(TRIAL, losses({ during: 1, end: FROM + 1, later: 70 }), FROM)).toEqual({ ns: 1_000 })
})

const SAY_NOTHING = [
  ['was no overload', TRIAL, losses({ before: 0 })],
  ['did not change its rate', { ...TRIAL, trial: {} }, losses({})],
  ['lost to the end', TRIAL, losses({ during: 3, end: TRIAL.intended })],
  ['strange traffic', { ...TRIAL, invalid: 'strange traffic' }, losses({})],
] as const
for (const [why, trial, lost] of SAY_NOTHING)
  test(`A trial says nothing of recovery: ${why}`, () => {
    const { ns, invalid } = recoveryOf(trial, lost, FROM)
    expect(ns).toBeNull()
    expect(invalid).toContain(why)
  })

const RATES = { overload: framesPerSecond(1e6), reduced: framesPerSecond(5e5) }
const one = (ns: number | null, later = 0) => ({
  ns,
  losses: losses({ later }),
  trial: { effectiveDuration: seconds(1.7) },
  ...(ns === null ? { invalid: 'that was no overload' } : {}),
})

test('The figure is the middle of the trials, with the shortest and the longest, and tells what it left out', () => {
  expect(recoveryFigure([one(300), one(null), one(100, 7), one(200)], RATES)).toMatchObject({
    quantity: 'recovery',
    value: 200,
    lower: 100,
    upper: 300,
    trials: 3,
    method: { 'lost later, frames': 7, 'trials that said nothing': 1, 'overload, frames/s': 1e6 },
  })
})

test('What may be shorter than told is so in the lower bound, and by how much is said', () => {
  const within = 'shorter than told by at most, ns'
  const figure = recoveryFigure([one(300), { ...one(320), withinNs: 99.6 }], RATES)
  expect(figure).toMatchObject({ lower: 220.4, upper: 320, method: { [within]: 100 } })
  expect(recoveryFigure([one(300)], RATES).method).not.toHaveProperty([within])
})

test('Without a trial that says something there is no figure, but the reason', () => {
  expect(recoveryFigure([one(null)], RATES)).toMatchObject({ value: null, invalid: 'that was no overload' })
})
