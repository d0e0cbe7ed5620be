import { expect, test } from '@playwright/test'
import { type CostMeasured, costFigures } from '../../../lab/record/cost-figures.ts'

const NO_COUNTER = { unknown: 'perf stat says of cycles on CPU 1: <not supported>' }

const trial = (
  kind: 'saturated' | 'at-ceiling',
  ns: number,
  cycles: CostMeasured['cycles'] = NO_COUNTER,
): CostMeasured => ({ cost: { kind, ns }, cycles, seconds: 1, offered: 4_000_000, forwarded: 2_000_000 })

test('The cost is that of the saturated trials: the middle one, between the least and the largest', () => {
  const [figure, ...more] = costFigures('REDIRECT', [
    trial('saturated', 230),
    trial('saturated', 227),
    trial('at-ceiling', 460),
    trial('saturated', 240),
  ])
  expect(figure).toMatchObject({
    quantity: 'cost-ns',
    value: 230,
    lower: 227,
    upper: 240,
    trials: 3,
    seconds: 4,
  })
  expect(figure).not.toHaveProperty('irregular')
  expect(more).toEqual([])
})

test('Where no trial saturates the DUT, the closest upper bound stands, and is called one', () => {
  const [figure] = costFigures('DROP', [
    trial('at-ceiling', 110),
    trial('at-ceiling', 95),
    trial('at-ceiling', 400),
  ])
  expect(figure).toMatchObject({
    quantity: 'drop-ns',
    value: 95,
    lower: null,
    upper: 95,
    irregular: 'at-ceiling',
  })
})

test('A saturated trial that took longer than an upper bound was held up, and does not count', () => {
  const [figure] = costFigures('DROP', [trial('saturated', 395), trial('at-ceiling', 102)])
  expect(figure).toMatchObject({ value: 102, irregular: 'at-ceiling' })
})

test('Cycles are figures where the CPU counts them', () => {
  const [, cycles] = costFigures('TX', [
    trial('saturated', 200, { perNs: 3 }),
    trial('saturated', 180, { perNs: 3.5 }),
    trial('saturated', 190),
  ])
  expect(cycles).toMatchObject({ quantity: 'tx-cycles', value: 615, lower: 600, upper: 630, trials: 2 })
})

test('Where it does not, none is made up, and the figure says why', () => {
  const figures = costFigures('REDIRECT', [trial('saturated', 200)])
  expect(figures.map(({ quantity }) => quantity)).toEqual(['cost-ns'])
  expect(figures[0]!.method['cycles']).toBe('not counted: perf stat says of cycles on CPU 1: <not supported>')
})

test('Without a valid trial there is no figure, and no bound either', () => {
  const nothing = { cycles: NO_COUNTER, seconds: 1, offered: 0, forwarded: 0 }
  expect(costFigures('REDIRECT', [nothing])[0]).toMatchObject({
    value: null,
    lower: null,
    upper: null,
    invalid: 'no trial was valid',
    trials: 0,
  })
})
