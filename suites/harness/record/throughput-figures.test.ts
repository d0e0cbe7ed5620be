import { expect, test } from '@playwright/test'
import { NDR, PDR } from '../../../lab/measure/search/goal.ts'
import { search } from '../../../lab/measure/search/search.ts'
import { LOST_AT_MOST, receiveRateFigure, searchFigures } from '../../../lab/record/throughput-figures.ts'
import { seconds } from '../../../lab/units/seconds.ts'
import { CAPACITY, LIMITS, simulate } from '../measure/search/simulated-dut.ts'

test('A search of two goals makes two figures, whose bounds hold the capacity between them', async () => {
  const result = await search([NDR, PDR], LIMITS, simulate({ capacity: CAPACITY }))
  const figures = searchFigures(result, [])
  expect(figures.map(({ quantity }) => quantity)).toEqual(['ndr', 'pdr'])
  // What PDR allows to be lost is on top of what the DUT can do, and what it can hold (1024 frames) is too.
  const passes = CAPACITY + 1025
  for (const [index, most] of [passes, passes / (1 - PDR.lossRatio)].entries()) {
    const { lower, upper, value } = figures[index]!
    expect(lower).toBeLessThanOrEqual(most)
    expect(upper).toBeGreaterThan(CAPACITY)
    expect(value).toBeGreaterThan(CAPACITY * 0.99)
    expect(value).toBeLessThanOrEqual(passes)
  }
  for (const figure of figures) {
    expect(figure).not.toHaveProperty('irregular')
    expect(figure).not.toHaveProperty('unfinished')
    expect(figure).not.toHaveProperty('invalid')
    expect(figure.trials).toBeGreaterThan(2)
    expect(figure.seconds).toBeGreaterThan(10)
  }
})

test('Of each goal all parameters are told that a report has to show', async () => {
  const [figure] = searchFigures(await search([PDR], LIMITS, simulate({ capacity: CAPACITY })), [])
  expect(figure!.method).toMatchObject({
    goal: 'pdr',
    'goal loss ratio': 0.005,
    'goal exceed ratio': 0.5,
    'goal final trial duration, s': 1,
    'goal duration sum, s': 21,
    'goal initial trial duration, s': 1,
    'goal width': 0.005,
    'lowest load': 9_001,
    'highest load': 14_880_952,
    'highest load given by': 'limit',
    loads: 'per interface',
  })
})

test('A DUT that does all that may be offered is at the ceiling, and has no upper bound', async () => {
  const [figure] = searchFigures(await search([NDR], LIMITS, simulate({ capacity: 2 * LIMITS.max })), [])
  expect(figure).toMatchObject({ irregular: 'at-ceiling', upper: null })
  expect(figure!.lower).toBeCloseTo(LIMITS.max, -1)
})

/** A trial at the lowest load that lost so many frames of a thousand, each in the receive ring or at the flush. */
const atFloor = (ringFull: number, refused = 0) => ({
  offered: 1_000,
  forwarded: 1_000 - ringFull - refused,
  trial: {
    ledger: {
      lost: [
        ...(ringFull > 0 ? [{ stage: 'ingress', reason: 'ring full', count: ringFull }] : []),
        ...(refused > 0 ? [{ stage: 'flush', reason: 'ENOSPC', count: refused }] : []),
      ],
    },
  },
})

test('A DUT that loses at every load is below the floor: no value, how many were lost there, and why', async () => {
  const result = await search([NDR], LIMITS, simulate({ capacity: CAPACITY, losesOneOf: 1_000 }))
  const [figure] = searchFigures(result, [atFloor(1), atFloor(0), atFloor(2, 5)])
  expect(figure).toMatchObject({
    irregular: 'below-floor',
    value: null,
    lower: null,
    method: {
      'trials at the lowest load': 3,
      'lost at the lowest load': 8,
      'offered at the lowest load': 3_000,
      'lost there by': '5 flush: ENOSPC, 3 ingress: ring full',
    },
  })
})

test('A goal with a lower bound says nothing of the lowest load', async () => {
  const result = await search([NDR, PDR], LIMITS, simulate({ capacity: CAPACITY, losesOneOf: 1_000 }))
  const [ndr, pdr] = searchFigures(result, [atFloor(3)])
  expect(ndr!.method).toHaveProperty('lost at the lowest load', 3)
  expect(pdr!.method).not.toHaveProperty('lost at the lowest load')
})

test('A search that ran out of time has the bounds that it came to, and no value', async () => {
  const [figure] = searchFigures(
    await search([PDR], LIMITS, simulate({ capacity: CAPACITY }), { budget: seconds(12) }),
    [],
  )
  expect(figure).toMatchObject({ unfinished: true, value: null })
  expect(figure!.lower).toBeLessThanOrEqual(CAPACITY / (1 - PDR.lossRatio))
})

test('A generator that never sends what it should makes no figure at all', async () => {
  const sick = simulate({ capacity: CAPACITY })
  const result = await search([PDR], LIMITS, async (load, duration) => ({
    ...(await sick(load, duration)),
    invalid: 'stray traffic',
  }))
  const [figure] = searchFigures(result, [])
  expect(figure!.value).toBeNull()
  expect(figure!.invalid).toContain('stray traffic')
})

/** A trial of a second in which a DUT forwards so many of two million frames. */
const atMost = (forwarded: number) => ({
  intended: 2e6,
  offered: 2e6,
  forwarded,
  sendingTime: seconds(1),
  effectiveDuration: seconds(1.5),
})

test('The maximum receive rate is the middle of its trials, between the least and the largest', () => {
  const figure = receiveRateFigure([1.5e6, 1.9e6, 1.8e6].map(atMost))
  expect(figure).toMatchObject({
    quantity: 'mrr',
    value: 1.8e6,
    lower: 1.5e6,
    upper: 1.9e6,
    trials: 3,
    seconds: 4.5,
    method: { 'offered load': 2e6, [LOST_AT_MOST]: expect.closeTo(0.1) },
  })
  expect(figure).not.toHaveProperty('irregular')
  expect(receiveRateFigure([])).toMatchObject({
    value: null,
    lower: null,
    invalid: 'no trial was valid',
  })
})

test('A DUT that takes all the generator has may do more: at-ceiling', () => {
  expect(receiveRateFigure([2e6, 1.9901e6].map(atMost)).irregular).toBe('at-ceiling')
  expect(receiveRateFigure([2e6, 1.9899e6].map(atMost)).irregular).toBeUndefined()
})

test('On a machine that others use the fastest trial counts, between the same bounds', () => {
  expect(receiveRateFigure([1.5e6, 1.9e6, 1.8e6].map(atMost), 'fastest')).toMatchObject({
    value: 1.9e6,
    lower: 1.5e6,
    upper: 1.9e6,
    trials: 3,
    method: { [LOST_AT_MOST]: expect.closeTo(0.05), value: 'fastest of the trials' },
  })
  // One that lost next to nothing is at the ceiling, though slower ones lost more.
  expect(receiveRateFigure([1e6, 2e6].map(atMost), 'fastest').irregular).toBe('at-ceiling')
  expect(receiveRateFigure([], 'fastest')).toMatchObject({ value: null, invalid: 'no trial was valid' })
})
