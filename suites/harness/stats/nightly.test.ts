import { expect, test } from '@playwright/test'
import { median } from '../../../lab/stats/median.ts'
import { FEWEST_NIGHTS, judgeNight, NIGHTS_LOOKED_AT, RERUNS } from '../../../lab/stats/nightly.ts'
import { type Chance, chanceOf } from './chance.ts'

const OPTIONS = { better: 'higher', smallestChange: 0.01 } as const
/** Median 1000, deviation 7.4. */
const GOOD = [990, 1010, 995, 1005, 1000, 992, 1008, 997, 1003, 1000, 985, 1015]

test('A run among those of the good nights is ok at once', () => {
  expect(judgeNight(GOOD, [1004], OPTIONS)).toMatchObject({ verdict: 'ok' })
  expect(judgeNight(GOOD, [1004], OPTIONS)).toHaveProperty('change', 1004 / 1000 - 1)
})

test('A suspicious run asks for four more, before anybody is woken', () => {
  expect(judgeNight(GOOD, [950], OPTIONS)).toMatchObject({ verdict: 'rerun', runs: RERUNS })
  expect(judgeNight(GOOD, [1050], OPTIONS)).toMatchObject({ verdict: 'rerun', runs: RERUNS })
})

test('The median of the five decides: one spoiled run is noise, a level is a regression', () => {
  expect(judgeNight(GOOD, [950, 1001, 999, 1002, 998], OPTIONS).verdict).toBe('noise')
  expect(judgeNight(GOOD, [950, 951, 1000, 949, 952], OPTIONS)).toMatchObject({ verdict: 'regression' })
  expect(judgeNight(GOOD, [950, 951, 1000, 949, 952], OPTIONS)).toHaveProperty('change', 951 / 1000 - 1)
})

test('An improvement is the mirror of a regression, and so is less of what should be little', () => {
  const lower = { ...OPTIONS, better: 'lower' } as const
  const [more, less] = [
    [1050, 1049, 1051, 1050, 1050],
    [950, 949, 951, 950, 950],
  ]
  expect(judgeNight(GOOD, more, OPTIONS).verdict).toBe('improvement')
  expect(judgeNight(GOOD, more, lower).verdict).toBe('regression')
  expect(judgeNight(GOOD, less, lower).verdict).toBe('improvement')
})

test('Re-runs that came to nothing are asked for again', () => {
  expect(judgeNight(GOOD, [950, 951, 952], OPTIONS)).toMatchObject({ verdict: 'rerun', runs: 2 })
})

test('In a cell without noise a change below 1 % is neither suspected nor decided', () => {
  const still = GOOD.map(() => 1000)
  expect(judgeNight(still, [991], OPTIONS).verdict).toBe('ok')
  expect(judgeNight(still, [989, 991, 991, 991, 991], OPTIONS).verdict).toBe('noise')
  expect(judgeNight(still, [989, 989, 989, 989, 989], OPTIONS).verdict).toBe('regression')
})

test('Before there are ten good nights nothing is said', () => {
  expect(judgeNight(GOOD.slice(0, FEWEST_NIGHTS - 1), [500], OPTIONS)).toEqual({
    verdict: 'learning',
    nights: 9,
  })
  expect(judgeNight(GOOD.slice(0, FEWEST_NIGHTS), [500], OPTIONS).verdict).toBe('rerun')
})

test('Nights of long ago are forgotten', () => {
  const past = [
    ...Array.from({ length: 300 }, () => 2000),
    ...Array.from({ length: NIGHTS_LOOKED_AT }, () => 1000),
  ]
  expect(judgeNight(past, [1000], OPTIONS).verdict).toBe('ok')
})

test('A night without a run is refused', () => {
  expect(() => judgeNight(GOOD, [], OPTIONS)).toThrow(RangeError)
})

interface Bed {
  readonly chance: Chance
  readonly spoiled: number
}

/** Between nights the level moves by 0.3 %, within one by 0.5 %; a spoiled run is 3 to 10 % low. */
function night({ chance, spoiled }: Bed, level: number): () => number {
  const tonight = level * (1 + chance.normal(0, 0.003))
  return () => {
    const run = tonight * (1 + chance.normal(0, 0.005))
    return chance.uniform() < spoiled ? run * (0.97 - 0.07 * chance.uniform()) : run
  }
}

/** As the nightly job has it: verdict, and with a good night one more of them. */
function live(bed: Bed, level: number, goodNights: number[]): { verdict: string; runs: number } {
  const run = night(bed, level)
  const runs = [run()]
  let judged = judgeNight(goodNights, runs, OPTIONS)
  if (judged.verdict === 'rerun') {
    for (let more = 0; more < judged.runs; more += 1) runs.push(run())
    judged = judgeNight(goodNights, runs, OPTIONS)
  }
  if (judged.verdict === 'ok' || judged.verdict === 'noise') goodNights.push(median(runs))
  return { verdict: judged.verdict, runs: runs.length }
}

const nightsOf = (bed: Bed, count: number) => Array.from({ length: count }, () => night(bed, 1000)())

function falseAlarms(bed: Bed, before: number, cells: number) {
  const nights = 60
  let [regressions, improvements, runs] = [0, 0, 0]
  for (let cell = 0; cell < cells; cell += 1) {
    const good = nightsOf(bed, before)
    for (let at = 0; at < nights; at += 1) {
      const { verdict, runs: tonight } = live(bed, 1000, good)
      if (verdict === 'regression') regressions += 1
      if (verdict === 'improvement') improvements += 1
      runs += tonight
    }
  }
  const hundreds = (cells * nights) / 100
  return {
    regressions: regressions / hundreds,
    improvements: improvements / hundreds,
    runsANight: runs / cells / nights,
  }
}

/** Share of drops found on the first night, and within five. */
function found(bed: Bed, drop: number, cells: number) {
  let [first, within] = [0, 0]
  for (let cell = 0; cell < cells; cell += 1) {
    const good = nightsOf(bed, NIGHTS_LOOKED_AT)
    for (let at = 0; at < 20; at += 1) live(bed, 1000, good)
    const nights = Array.from({ length: 5 }, () => live(bed, 1000 * (1 - drop), good).verdict)
    if (nights[0] === 'regression') first += 1
    if (nights.includes('regression')) within += 1
  }
  return { first: first / cells, within: within / cells }
}

for (const spoiled of [0, 0.05])
  test(`With ${spoiled * 100} % spoiled runs there is at most one false alarm in 200 cell-nights, for little more than one run a night`, () => {
    const alarms = falseAlarms({ chance: chanceOf(`alarms ${spoiled}`), spoiled }, NIGHTS_LOOKED_AT, 400)
    test.info().annotations.push({ type: 'measured', description: JSON.stringify(alarms) })
    expect(alarms.regressions + alarms.improvements).toBeLessThan(0.5)
    expect(alarms.runsANight).toBeLessThan(1.5)
  })

for (const spoiled of [0, 0.05])
  test(`With ${spoiled * 100} % spoiled runs a drop of 2 % is found on its first night in four of five cells, one of 3 % nearly always`, () => {
    const bed = { chance: chanceOf(`drops ${spoiled}`), spoiled }
    const [two, three] = [found(bed, 0.02, 2000), found(bed, 0.03, 500)]
    test.info().annotations.push({ type: 'measured', description: JSON.stringify({ two, three }) })
    expect(two.first).toBeGreaterThan(0.8)
    expect(two.within).toBeGreaterThan(0.97)
    expect(three.first).toBeGreaterThan(0.97)
  })

test('A bed of only twenty good nights has at most one false regression in 200 cell-nights', () => {
  const alarms = falseAlarms({ chance: chanceOf('young'), spoiled: 0.05 }, 20, 400)
  test.info().annotations.push({ type: 'measured', description: JSON.stringify(alarms) })
  expect(alarms.regressions).toBeLessThan(0.5)
})
