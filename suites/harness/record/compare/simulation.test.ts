/** How sure a comparison is: many are made of machines that are known to be alike, or slower. */
import { expect, test } from '@playwright/test'
import { performanceOf, type Row } from '../../../../lab/record/compare/performance.ts'
import { measure } from './machines.ts'

const RUNS = 10
const CELLS = 24
const speeds = (drop: number, dropped: number) =>
  Object.fromEntries(
    Array.from({ length: CELLS }, (_, at) => [64 + at, at < dropped ? 1e6 * (1 - drop) : 1e6]),
  )

/** Rows of many comparisons, those of the cells that were slowed first. */
function simulate(
  spoiled: number,
  drop: number,
  dropped: number,
  comparisons: number,
): readonly (readonly Row[])[] {
  return Array.from({ length: comparisons }, (_, index) => {
    const name = `${spoiled} ${drop} ${index}`
    const A = measure(`${name} A`, { speed: speeds(0, 0), spoiled }, RUNS)
    const B = measure(`${name} B`, { speed: speeds(drop, dropped), spoiled }, RUNS)
    return performanceOf({ A, B }, 0.01, () => true).rows
  })
}

const share = (rows: readonly Row[], verdict: string): number =>
  rows.filter(({ judgement }) => judgement.verdict === verdict).length / rows.length

const note = (measured: object) =>
  test.info().annotations.push({ type: 'measured', description: JSON.stringify(measured) })

for (const spoiled of [0, 0.05]) {
  test(`Ten runs a side, ${spoiled * 100} % of them spoiled: of machines that are alike hardly one in a thousand cells is called slower`, () => {
    const rows = simulate(spoiled, 0, 0, 120).flat()
    const measured = {
      regressed: share(rows, 'regressed'),
      improved: share(rows, 'improved'),
      equivalent: share(rows, 'equivalent'),
    }
    note(measured)
    expect(measured.regressed + measured.improved).toBeLessThan(0.001)
    expect(measured.equivalent).toBeGreaterThan(0.8)
  })

  test(`Ten runs a side, ${spoiled * 100} % of them spoiled: 2 % in one cell of 24 is found nine times in ten`, () => {
    const comparisons = simulate(spoiled, 0.02, 1, 300)
    const slowed = comparisons.map(([row]) => row!)
    const others = comparisons.flatMap(([, ...rest]) => rest)
    const measured = { found: share(slowed, 'regressed'), false: share(others, 'regressed') }
    note(measured)
    expect(measured.found).toBeGreaterThan(0.9)
    expect(measured.false).toBeLessThan(0.001)
    expect(share(slowed, 'equivalent')).toBe(0)
  })
}

test('In cells six times as noisy one in a hundred or less is called slower, though the margin is far inside the noise', () => {
  const rows = Array.from({ length: 100 }, (_, index) => {
    const [A, B] = ['A', 'B'].map((name) =>
      measure(`noisy ${index} ${name}`, { speed: speeds(0, 0), noise: 0.03 }, RUNS),
    )
    return performanceOf({ A: A!, B: B! }, 0.01, () => true).rows
  }).flat()
  const measured = { regressed: share(rows, 'regressed'), improved: share(rows, 'improved') }
  note(measured)
  expect(measured.regressed + measured.improved).toBeLessThan(0.01)
})
