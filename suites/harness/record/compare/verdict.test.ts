import { expect, test } from '@playwright/test'
import { performanceOf } from '../../../../lab/record/compare/performance.ts'
import { type Evidence, judge } from '../../../../lab/record/compare/verdict.ts'
import { measure } from './machines.ts'

const SURE = { p: 0.0001, adjustedP: 0.001, n: { A: 10, B: 10 }, better: 'higher' } as const
const evidence = (lower: number, upper: number, more?: Partial<Evidence>): Evidence => ({
  shift: (lower + upper) / 2,
  lower,
  upper,
  ...SURE,
  ...more,
})

for (const [lower, upper, higher, lowerIsBetter] of [
  [-0.03, -0.02, 'regressed', 'improved'],
  [-0.0101, -0.0100001, 'regressed', 'improved'],
  [0.02, 0.03, 'improved', 'regressed'],
  [-0.009, 0.009, 'equivalent', 'equivalent'],
  [-0.01, 0.01, 'equivalent', 'equivalent'],
  [-0.009, -0.002, 'equivalent', 'equivalent'],
  [-0.03, -0.009, 'inconclusive', 'inconclusive'],
  [-0.03, 0.03, 'inconclusive', 'inconclusive'],
  [-0.009, 0.011, 'inconclusive', 'inconclusive'],
] as const)
  test(`An interval of ${lower} to ${upper} is ${higher} where more is better, ${lowerIsBetter} where less is`, () => {
    expect(judge(evidence(lower, upper), 0.01).verdict).toBe(higher)
    expect(judge(evidence(lower, upper, { better: 'lower' }), 0.01).verdict).toBe(lowerIsBetter)
  })

test('A shift beyond the margin that may be chance among many cells is inconclusive', () => {
  const lone = evidence(-0.03, -0.02, { p: 0.02, adjustedP: 0.48 })
  expect(judge(lone, 0.01)).toMatchObject({
    verdict: 'inconclusive',
    why: 'beyond the margin, but among so many cells it may be chance',
  })
  // z of p = 0.02 is 2.33, of the 0.0021 that is needed 3.08: (3.08 / 2.33)² of ten runs.
  expect(judge(lone, 0.01).moreRuns).toBe(8)
})

test('How many more runs: as many as narrow the interval to the distance from the margin', () => {
  // Half the interval is 0.01 and should be 0.005: four times the runs.
  expect(judge(evidence(-0.005, 0.015, { shift: 0.005 }), 0.01).moreRuns).toBe(30)
  expect(judge(evidence(-0.005, 0.015, { shift: 0.005, n: { A: 20, B: 5 } }), 0.01).moreRuns).toBe(24)
  expect(judge(evidence(-0.0151, 0.0049, { shift: -0.0099 }), 0.01), 'at the margin itself').toMatchObject({
    why: 'the interval reaches across the margin; more than 100 more runs a side would be needed',
    moreRuns: null,
  })
})

test('Too few runs for an interval ask for as many as make one', () => {
  const few = { lower: null, upper: null, p: 0.1, adjustedP: 0.1 }
  expect(judge({ ...evidence(0, 0), ...few, n: { A: 3, B: 3 } }, 0.01)).toMatchObject({ moreRuns: 1 })
  expect(judge({ ...evidence(0, 0), ...few, n: { A: 1, B: 1 } }, 0.01)).toMatchObject({ moreRuns: 3 })
  expect(judge({ ...evidence(0, 0), ...few, n: { A: 10, B: 1 } }, 0.01)).toMatchObject({ moreRuns: 1 })
})

test('With as many more runs as it asks for, most cells are settled', () => {
  let [asked, settled] = [0, 0]
  const verdictOf = (name: string, drop: number, runs: number) => {
    const [A, B] = [
      measure(`${name} A`, { speed: { 64: 1e6 } }, runs),
      measure(`${name} B`, { speed: { 64: 1e6 * (1 - drop) } }, runs),
    ]
    return performanceOf({ A, B }, 0.01, () => true).rows[0]!.judgement
  }
  for (let round = 0; round < 200; round += 1) {
    const [name, drop] = [`round ${round}`, [0, 0.003, 0.017, 0.02][round % 4]!]
    const judgement = verdictOf(name, drop, 6)
    if (judgement.verdict !== 'inconclusive' || typeof judgement.moreRuns !== 'number') continue
    asked += 1
    // The first six come again: a series goes on as it began.
    if (verdictOf(name, drop, 6 + judgement.moreRuns).verdict !== 'inconclusive') settled += 1
  }
  expect(asked).toBeGreaterThan(50)
  expect(settled / asked).toBeGreaterThan(0.6)
})
