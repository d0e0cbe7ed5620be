import { expect, test } from '@playwright/test'
import type { BurstResult } from '../../../lab/measure/burst-search.ts'
import { burstFigure } from '../../../lab/record/burst-figures.ts'

const found = (longest: number): BurstResult => ({ kind: 'found', longest, tooLong: longest + 1 })
const ABOUT = { rate: 3_000_000.4, trials: 30, seconds: 12, most: 1_000 }

test('The figure is the middle of the searches, with the shortest and the longest', () => {
  const figure = burstFigure([found(300), found(250), found(500)], ABOUT)
  expect(figure).toMatchObject({ quantity: 'back-to-back', value: 300, lower: 250, upper: 500, trials: 30 })
  expect(figure.method).toMatchObject({ searches: 3, 'rate of the bursts, frames/s': 3_000_000 })
})

test('A search in which not even the shortest burst passed counts as none', () => {
  const none: BurstResult = { kind: 'below-floor', tooLong: 16 }
  expect(burstFigure([none, none, found(300)], ABOUT)).toMatchObject({ value: 0, lower: 0, upper: 300 })
})

test('Where the longest that may be sent passes, the DUT does at least that', () => {
  const most: BurstResult = { kind: 'at-ceiling', longest: 1_000 }
  expect(burstFigure([most, most, found(300)], ABOUT)).toMatchObject({
    value: 1_000,
    irregular: 'at-ceiling',
  })
  expect(burstFigure([most, found(300), found(300)], ABOUT)).not.toHaveProperty('irregular')
})

test('Searches without a valid trial make no figure', () => {
  expect(burstFigure([{ kind: 'invalid' }], { ...ABOUT, rate: undefined })).toMatchObject({
    value: null,
    lower: null,
    invalid: 'a trial stayed invalid however often it was repeated',
  })
})
