import { expect, test } from '@playwright/test'
import { functionalDifferences } from '../../../../lab/record/compare/functional.ts'
import type { Outcome, Side } from '../../../../lab/record/compare/side.ts'
import { BED, outcome } from './machines.ts'

const side = (...runs: readonly (readonly Outcome[])[]): Side => ({
  name: 'side',
  runs: runs.map((cells, index) => ({ name: `run-${index}`, environment: BED, cells, measurements: [] })),
})
const titles = (differences: readonly { title: string }[]) => differences.map(({ title }) => title)

test('What passed and now fails is broken, the reverse is mended, and each says why', () => {
  const found = functionalDifferences({
    A: side([outcome('one', 'ok'), outcome('two', 'failed', { message: 'LOST: 3' }), outcome('three', 'ok')]),
    B: side([
      outcome('one', 'failed', { message: 'DAMAGED: 1' }),
      outcome('two', 'ok'),
      outcome('three', 'ok'),
    ]),
  })
  expect(titles(found.broken)).toEqual(['one'])
  expect(found.broken[0]!.B).toEqual({ state: 'failed', ran: 1, failed: 1, message: 'DAMAGED: 1' })
  expect(titles(found.mended)).toEqual(['two'])
  expect(found.mended[0]!.A.message).toBe('LOST: 3')
  expect(found.same).toBe(1)
})

test('One failure in ten runs of B breaks a test that always passed in A', () => {
  const passing = Array.from({ length: 10 }, () => [outcome('one', 'ok')])
  const once = [...passing.slice(1), [outcome('one', 'failed', { message: 'LOST: 1' })]]
  const { broken } = functionalDifferences({ A: side(...passing), B: side(...once) })
  expect(broken).toMatchObject([{ B: { state: 'sometimes', ran: 10, failed: 1, message: 'LOST: 1' } }])
})

test('A test that fails now and then on both sides is neither broken nor mended', () => {
  const sometimes = side([outcome('one', 'ok')], [outcome('one', 'failed')])
  for (const always of [side([outcome('one', 'failed')]), sometimes]) {
    const found = functionalDifferences({ A: sometimes, B: always })
    expect(titles(found.unsteady)).toEqual(['one'])
    expect([...found.broken, ...found.mended]).toEqual([])
  }
  const failing = side([outcome('one', 'failed')])
  expect(functionalDifferences({ A: failing, B: failing })).toMatchObject({ unsteady: [], same: 1 })
})

test('A skip that came or went is told, whatever became of the test elsewhere', () => {
  const verdicts = ['ok', 'failed'] as const
  for (const verdict of verdicts) {
    const skipped = side([outcome('one', 'skipped', { message: 'needs a third port' })])
    const ran = side([outcome('one', verdict)])
    for (const sides of [
      { A: skipped, B: ran },
      { A: ran, B: skipped },
    ]) {
      const found = functionalDifferences(sides)
      expect(titles(found.skips)).toEqual(['one'])
      expect([...found.broken, ...found.mended]).toEqual([])
    }
  }
})

test('What is refused on one side only is told, though the test holds on both', () => {
  const refusing = side([outcome('zero copy', 'ok', { refused: 'EOPNOTSUPP' })])
  const { refusals } = functionalDifferences({ A: refusing, B: side([outcome('zero copy', 'ok')]) })
  expect(refusals).toMatchObject([{ A: { refused: 'EOPNOTSUPP' }, B: { state: 'ok' } }])
  expect(functionalDifferences({ A: refusing, B: refusing })).toMatchObject({ refusals: [], same: 1 })
})

test('A lab that broke says nothing of the device: its tests are neither broken nor the same', () => {
  const broke = side([outcome('one', 'infra', { message: 'INFRA: unreachable' })])
  const found = functionalDifferences({ A: side([outcome('one', 'ok')]), B: broke })
  expect(titles(found.unsaid)).toEqual(['one'])
  expect(found).toMatchObject({ broken: [], same: 0 })
})

test('In one of two runs the lab broke: the other one speaks', () => {
  const B = side([outcome('one', 'infra')], [outcome('one', 'failed')])
  expect(functionalDifferences({ A: side([outcome('one', 'ok')]), B }).broken).toHaveLength(1)
})

test('Tests of one side alone are counted, and tests of two beds do not meet', () => {
  const A = side([outcome('one', 'ok'), outcome('two', 'ok')])
  const elsewhere: Side = {
    name: 'B',
    runs: [
      {
        name: 'other',
        environment: { ...BED, topology: 'other (123)' },
        cells: [outcome('one', 'failed')],
        measurements: [],
      },
    ],
  }
  expect(functionalDifferences({ A, B: elsewhere })).toMatchObject({ broken: [], unmatched: { A: 2, B: 1 } })
})
