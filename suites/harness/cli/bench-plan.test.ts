import { expect, test } from '@playwright/test'
import { planBench } from '../../../lab/cli/bench-plan.ts'
import { suiteFiles } from '../../../lab/cli/suites.ts'
import { WrongUse } from '../../../lab/cli/wrong-use.ts'

const HOURS = 10_000

test('Without a budget throughput alone is measured, each search for as long as is usual', () => {
  expect(planBench({ cells: 3 })).toEqual({ suites: ['throughput'], searchSeconds: 56, notes: [] })
})

test('With time for all of it every suite of the plan is run, the most telling first', () => {
  const { suites, searchSeconds, notes } = planBench({ cells: 1, seconds: HOURS })
  expect(suites.slice(0, 4)).toEqual(['throughput', 'cost', 'latency', 'loss'])
  expect(searchSeconds).toBe(56)
  expect(notes).toEqual([])
  const there = suiteFiles().map(({ name }) => name)
  expect(suites.filter((name) => !there.includes(name))).toEqual([])
})

test('Time goes to the search first, then to further suites in their order; what is left out is named', () => {
  const all = planBench({ cells: 1, seconds: HOURS }).suites
  for (let seconds = 70; seconds < 280; seconds += 5) {
    const { suites, searchSeconds, notes } = planBench({ cells: 1, seconds })
    expect(searchSeconds).toBe(56)
    const leftOut = all.filter((name) => !suites.includes(name))
    expect(notes).toEqual(leftOut.length === 0 ? [] : [`Left out for want of time: ${leftOut.join(', ')}.`])
  }
  expect(planBench({ cells: 1, seconds: 70 }).suites).toEqual(['throughput'])
  expect(planBench({ cells: 1, seconds: 90 }).suites).toEqual(['throughput', 'cost'])
})

test('More cells share the same time', () => {
  expect(planBench({ cells: 2, seconds: HOURS }).suites).toEqual(
    planBench({ cells: 1, seconds: HOURS }).suites,
  )
  const { searchSeconds, notes } = planBench({ cells: 4, seconds: 170 })
  expect(searchSeconds).toBe(33)
  expect(notes[0]).toBe('Each search has 33 s in place of 56: bounds may be wider than the goals ask.')
})

test('A budget in which not even short searches fit is refused, with what is needed', () => {
  expect(planBench({ cells: 1, seconds: 39 }).searchSeconds).toBe(25)
  expect(() => planBench({ cells: 1, seconds: 38 })).toThrow(WrongUse)
  expect(() => planBench({ cells: 2, seconds: 60 })).toThrow(
    '60 s are too short for 2 cells: 72 s are needed, or fewer targets or sizes',
  )
})

test('Suites that are named are run, whatever time they take; only a search is fitted to it', () => {
  expect(planBench({ cells: 5, suites: ['loss', 'cost'], seconds: 10 }).suites).toEqual(['loss', 'cost'])
  expect(planBench({ cells: 1, suites: ['throughput', 'loss'], seconds: 44 })).toEqual({
    suites: ['throughput', 'loss'],
    searchSeconds: 30,
    notes: [],
  })
})
