import { expect, test } from '@playwright/test'
import { keepClear } from '../../../../lab/measure/search/keep-clear.ts'
import { LoadGrid } from '../../../../lab/measure/search/load-grid.ts'
import { splitInterval } from '../../../../lab/measure/search/split-interval.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { percent } from '../../../../lab/units/ratio.ts'
import { randomOf } from './random.ts'

const CASES = 500

/** Whole numbers from `least` to `most`. */
function wholeOf(seed: number) {
  const { uniform } = randomOf(seed)
  return (least: number, most: number) => least + Math.floor(uniform() * (most - least + 1))
}

test('A grid begins and ends at its limits, and every load on it is found again', () => {
  for (let seed = 1; seed <= CASES; seed++) {
    const { uniform } = randomOf(seed)
    const min = framesPerSecond(1 + uniform() * 1e5)
    const grid = new LoadGrid({ min, max: framesPerSecond(min * (1.001 + uniform() * 5000)) }, [percent(2)])
    expect(grid.load(0)).toBe(grid.limits.min)
    expect(grid.load(grid.top)).toBe(grid.limits.max)
    const steps = Array.from({ length: grid.top + 1 }, (_, step) => step)
    expect(steps.filter((step) => grid.atMost(grid.load(step)) !== step)).toEqual([])
  }
})

test('A rate between two loads is rounded down, one outside the grid to its end', () => {
  const grid = new LoadGrid({ min: framesPerSecond(1e3), max: framesPerSecond(1e6) }, [percent(1)])
  for (let step = 1; step < grid.top; step++) {
    expect(grid.atMost(grid.load(step) * 0.9999)).toBe(step - 1)
    expect(grid.atMost(grid.load(step) * 1.0001)).toBe(step)
  }
  expect(grid.atMost(0)).toBe(0)
  expect(grid.atMost(2e6)).toBe(grid.top)
})

test('Every width is met by whole steps within a hundredth, and never exceeded', () => {
  for (let seed = 1; seed <= CASES; seed++) {
    const { uniform } = randomOf(seed)
    const widths = Array.from({ length: 1 + Math.floor(uniform() * 3) }, () => percent(0.05 + uniform() * 5))
    const grid = new LoadGrid(
      { min: framesPerSecond(9001), max: framesPerSecond(1e5 + uniform() * 1e8) },
      widths,
    )
    for (const width of widths) {
      const steps = grid.steps(width)
      const met = 1 - grid.load(grid.top - steps) / grid.limits.max
      expect(met).toBeLessThanOrEqual(width)
      expect(met).toBeGreaterThan(width * 0.985)
    }
  }
})

test('An interval splits no more unevenly than one to two, into a part that halves down to the width', () => {
  const whole = wholeOf(7)
  const found = Array.from({ length: CASES }, () => {
    const width = whole(1, 40)
    const lower = whole(0, 1000)
    const upper = lower + width + whole(1, 3000)
    return { width, lower, upper, middle: splitInterval(lower, upper, width) }
  })
  const outside = ({ lower, middle, upper }: (typeof found)[number]) => middle <= lower || middle >= upper
  const heavyBelow = ({ lower, middle, upper }: (typeof found)[number]) => middle - lower > upper - middle
  expect(found.filter(outside)).toEqual([])
  expect(found.filter(heavyBelow)).toEqual([])
  const roomy = found.filter(({ lower, upper, width }) => upper - lower >= 2 * width)
  const halves = (part: number, width: number) => part >= width && Number.isInteger(Math.log2(part / width))
  expect(
    roomy.filter(
      ({ lower, middle, upper, width }) =>
        (upper - middle) / (middle - lower) > 2 ||
        !(halves(middle - lower, width) || halves(upper - middle, width)),
    ),
  ).toEqual([])
})

test('Seven widths split as three and four would not: a power of two apart from the upper end', () => {
  expect(splitInterval(0, 7, 1)).toBe(3)
  expect(splitInterval(0, 6, 1)).toBe(2)
  expect(splitInterval(0, 5, 1)).toBe(1 + 1)
  expect(splitInterval(10, 12, 1)).toBe(11)
})

test('A load keeps clear of bounds by a width, and becomes the limit where it comes close to one', () => {
  const whole = wholeOf(11)
  const found = Array.from({ length: CASES }, (_, run) => {
    const top = whole(1, 400)
    const [one, other] = [whole(0, top), whole(0, top)]
    const bounds = {
      ...(run % 2 === 0 ? { lower: Math.min(one, other) } : {}),
      ...(run % 3 === 0 ? { upper: Math.max(one, other) } : {}),
    }
    const width = whole(1, 30)
    return { top, bounds, width, load: keepClear(whole(-50, top + 50), width, bounds, top) }
  })
  expect(found.filter(({ load }) => load !== undefined).length).toBeGreaterThan(CASES / 2)
  expect(found.filter(({ load = 0, top }) => load < 0 || load > top)).toEqual([])
  expect(
    found.filter(({ top, bounds: { lower = -Infinity, upper = Infinity }, width, load }) => {
      const room = Math.min(upper, top) - Math.max(lower, 0)
      const apart = room >= 2 * width ? width : 1
      return load !== undefined && (load - lower < apart || upper - load < apart)
    }),
  ).toEqual([])
  expect(keepClear(96, 5, {}, 100)).toBe(100)
  expect(keepClear(4, 5, { upper: 50 }, 100)).toBe(0)
  expect(keepClear(49, 5, { upper: 50 }, 100)).toBe(45)
  expect(keepClear(51, 5, { lower: 50, upper: 55 }, 100)).toBeUndefined()
})
