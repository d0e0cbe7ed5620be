import { expect, test } from '@playwright/test'
import { environmentDifferences } from '../../../../lab/record/compare/environments.ts'
import type { Side } from '../../../../lab/record/compare/side.ts'
import { BED } from './machines.ts'

const side = (...facts: readonly Readonly<Record<string, string>>[]): Side => ({
  name: 'side',
  runs: facts.map((environment, index) => ({
    name: `run-${index}`,
    environment: { ...BED, began: `2026-11-2${index}`, ...environment },
    cells: [],
    measurements: [],
  })),
})

test('Two runs of one bed differ in nothing, but for when they began', () => {
  expect(environmentDifferences({ A: side({ began: '1' }), B: side({ began: '2' }) })).toEqual({
    forbidding: [],
    between: [],
    within: [],
    unmatched: { A: [], B: [] },
  })
})

test('The kernel under test is a difference between the sides, and forbids nothing', () => {
  const newer = { kernel: '6.19.0', generator: 'soft 6.19.0', topology: 'local (0123456789ab)' }
  const { between, forbidding } = environmentDifferences({ A: side({}, {}), B: side(newer, newer) })
  expect(between.map(({ fact, A, B }) => `${fact}: ${A.join(' ')} -> ${B.join(' ')}`)).toEqual([
    'kernel: 6.18.44 -> 6.19.0',
    'topology: local (1a76f6489d62) -> local (0123456789ab)',
    'generator: soft 6.18.44 -> soft 6.19.0',
  ])
  expect(forbidding).toEqual([])
})

for (const [fact, value] of [
  ['cpu', 'another processor'],
  ['evidence', 'full'],
  ['generator', 'trex v3.06'],
] as const)
  test(`Another ${fact} forbids a comparison of figures`, () => {
    const { between, forbidding } = environmentDifferences({ A: side({}), B: side({ [fact]: value }) })
    expect(forbidding).toMatchObject([{ bed: 'local', fact, B: [value] }])
    expect(between).toEqual([])
  })

test('A fact that changed within a side is told with the runs of each value', () => {
  const { within } = environmentDifferences({
    A: side({}, {}, { governor: 'performance' }),
    B: side({}),
  })
  expect(within).toEqual([
    {
      side: 'A',
      bed: 'local',
      fact: 'governor',
      values: [
        { value: '(not said)', runs: 2 },
        { value: 'performance', runs: 1 },
      ],
    },
  ])
})

test('Beds are compared each with itself; one that only one side has is named', () => {
  const other = { topology: 'other (1)', cpu: 'another processor' }
  const found = environmentDifferences({
    A: side({}, other),
    B: side({}, { ...other, topology: 'third (1)' }),
  })
  expect(found).toMatchObject({
    forbidding: [],
    between: [],
    within: [],
    unmatched: { A: ['other'], B: ['third'] },
  })
})

test('A run that never came to its bed forbids nothing', () => {
  const lost: Side = { name: 'B', runs: [{ name: 'lost', environment: {}, cells: [], measurements: [] }] }
  expect(environmentDifferences({ A: side({}), B: lost }).forbidding).toEqual([])
})
