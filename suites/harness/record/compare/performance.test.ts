import { expect, test } from '@playwright/test'
import { compare } from '../../../../lab/record/compare/comparison.ts'
import { performanceOf, type Row } from '../../../../lab/record/compare/performance.ts'
import type { Side } from '../../../../lab/record/compare/side.ts'
import type { Measurement } from '../../../../lab/record/measurement.ts'
import { LOST_AT_MOST } from '../../../../lab/record/throughput-figures.ts'
import { BED, type Machine, measure, measurement, outcome } from './machines.ts'

const MARGIN = 0.01
const SPEED = { 64: 3.4e6, 512: 2.9e6 }
const slower = (by: number) => ({ 64: 3.4e6 * (1 - by), 512: 2.9e6 })
const rowsOf = (A: Side, B: Side): readonly Row[] => performanceOf({ A, B }, MARGIN, () => true).rows
const compared = (A: Machine, B: Machine, runs = 10) => rowsOf(measure('A', A, runs), measure('B', B, runs))
const verdicts = (rows: readonly Row[]) => rows.map(({ judgement }) => judgement.verdict)
/** Values of one cell, a run each. */
const side = (name: string, of: readonly Partial<Measurement>[]): Side => ({
  name,
  runs: of.map((one, index) => ({
    name: `${name}-${index}`,
    environment: BED,
    cells: [],
    measurements: [{ ...measurement('pdr', 64, 1e6), ...one }],
  })),
})
const values = (name: string, ...all: readonly number[]) =>
  side(
    name,
    all.map((value) => ({ value })),
  )
const NINE = [1000, 1001, 999, 1002, 998, 1003, 997, 1004, 996]

test('A cell that lost 3 % regressed by that much, the one beside it did not change', () => {
  const rows = compared({ speed: SPEED }, { speed: slower(0.03) })
  expect(verdicts(rows)).toEqual(['regressed', 'equivalent'])
  const [row] = rows as [Row]
  expect(row.shift).toBeCloseTo(-0.03, 2)
  expect(row.lower!).toBeLessThan(row.shift!)
  expect(row.upper!).toBeGreaterThan(row.shift!)
  expect(row.p).toBeLessThan(0.001)
  expect(row).toMatchObject({ A: { n: 10 }, B: { n: 10 }, cell: { size: 64 }, quantity: 'pdr' })
})

test('What takes 3 % longer regressed, what takes 3 % less improved', () => {
  const [later, sooner] = [{ 64: 10_300 }, { 64: 9700 }]
  for (const quantity of ['latency-p99', 'cost-ns'] as const) {
    expect(verdicts(compared({ speed: { 64: 1e4 }, quantity }, { speed: later, quantity }))).toEqual([
      'regressed',
    ])
    expect(verdicts(compared({ speed: { 64: 1e4 }, quantity }, { speed: sooner, quantity }))).toEqual([
      'improved',
    ])
  }
})

test('NDR is shown with its shift and never tested', () => {
  const [row] = compared({ speed: { 64: 1e6 }, quantity: 'ndr' }, { speed: { 64: 5e5 }, quantity: 'ndr' })
  expect(row).toMatchObject({ p: null, adjustedP: null, lower: null, judgement: { verdict: 'shown' } })
  expect(row!.shift).toBeCloseTo(-0.5, 2)
  const sides = {
    A: measure('A', { speed: { 64: 1e6 }, quantity: 'ndr' }, 10),
    B: measure('B', { speed: { 64: 5e5 }, quantity: 'ndr' }, 10),
  }
  expect(compare(sides, MARGIN).regressed).toBe(false)
})

test('An invalid measurement never enters, and is counted with its reason', () => {
  const invalid = { value: null, invalid: 'the generator missed its rate' }
  const [row] = rowsOf(values('A', ...NINE), side('B', [...NINE.map((value) => ({ value })), invalid]))
  expect(row).toMatchObject({ B: { n: 9, invalid: ['the generator missed its rate'] }, A: { invalid: [] } })
  expect(row!.judgement.verdict).toBe('equivalent')
  const [none] = rowsOf(values('A', ...NINE), side('B', [invalid, invalid]))
  expect(none).toMatchObject({
    shift: null,
    B: { n: 0, median: null },
    judgement: { verdict: 'inconclusive', why: 'no valid measurement on side B', moreRuns: null },
  })
})

test('Even an invalid measurement that kept its figure does not enter', () => {
  const [row] = rowsOf(values('A', ...NINE), side('B', [{ value: 5, invalid: 'link down' }]))
  expect(row!.B).toMatchObject({ n: 0, invalid: ['link down'] })
})

test('A search below its floor is a bad result, not a missing one', () => {
  const floored = Array.from({ length: 9 }, () => ({
    value: null,
    upper: 9,
    irregular: 'below-floor' as const,
  }))
  const [row] = rowsOf(values('A', ...NINE), side('B', floored))
  expect(row).toMatchObject({ B: { n: 9, median: 9 }, judgement: { verdict: 'regressed' } })
})

test('Two sides at the ceiling of the generator are not certified as equivalent', () => {
  const atCeiling = NINE.map((value) => ({ value, irregular: 'at-ceiling' as const }))
  const [both] = rowsOf(side('A', atCeiling), side('B', atCeiling))
  expect(both!.judgement).toMatchObject({
    verdict: 'inconclusive',
    why: 'on both sides the generator or the line ended before the DUT',
    moreRuns: null,
  })
  const [fell] = rowsOf(side('A', atCeiling), values('B', ...NINE.map((value) => value * 0.9)))
  expect(fell!.judgement.verdict, 'it did more once').toBe('regressed')
})

test('Two sides that took nearly all of the highest load are not certified as equivalent', () => {
  const taking = (name: string, lost: number) =>
    side(
      name,
      NINE.map((value) => ({ value, quantity: 'mrr' as const, method: { [LOST_AT_MOST]: lost } })),
    )
  const [both] = rowsOf(taking('A', 0.03), taking('B', 0.02))
  expect(both!.judgement).toMatchObject({ verdict: 'inconclusive', moreRuns: null })
  const [loaded] = rowsOf(taking('A', 0.03), taking('B', 0.2))
  expect(loaded!.judgement.verdict, 'one of them could do no more').toBe('equivalent')
})

test('Figures of other cells, loads and quantities are not mixed; those of one side alone are named', () => {
  const A = side('A', [
    { value: 1 },
    { value: 2, atLoad: 'half' },
    { value: 3, quantity: 'mrr' },
    { value: 4, cell: { ...measurement('pdr', 64, 1).cell, cores: 2 } },
    { value: 5, cell: { ...measurement('pdr', 64, 1).cell, topology: 'other' } },
  ])
  const B = side('B', [{ value: 1 }, { value: 9, quantity: 'latency-p99' }])
  const { rows, unmatched } = performanceOf({ A, B }, MARGIN, () => true)
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ A: { n: 1, median: 1 }, B: { n: 1, median: 1 } })
  expect(unmatched.A).toHaveLength(4)
  expect(unmatched.B).toMatchObject([{ quantity: 'latency-p99' }])
})

test('One spoiled run is set aside and shown; the rest is judged', () => {
  const [row] = rowsOf(values('A', ...NINE, 930), values('B', ...NINE))
  expect(row).toMatchObject({ A: { n: 9, spoiled: [930] }, B: { n: 9, spoiled: [] } })
  expect(row!.judgement.verdict).toBe('equivalent')
})

test('Two runs of B far worse than its others are not certified away', () => {
  const two = values('B', ...NINE, 930, 925)
  expect(rowsOf(values('A', ...NINE), two)[0]!.judgement).toMatchObject({
    verdict: 'inconclusive',
    why: '2 runs of B are far worse than its others, 0 of A',
  })
  expect(verdicts(rowsOf(values('A', ...NINE, 935), values('B', ...NINE, 930)))).toEqual(['equivalent'])
  expect(verdicts(rowsOf(values('A', ...NINE), values('B', ...NINE, 1080, 1085)))).toEqual(['equivalent'])
})

test('Figures that were searched for in another way have no verdict', () => {
  const exact = { speed: { 64: 1e6 }, also: { method: { loss: 0, width: 0.005 } } }
  const [row] = compared({ speed: { 64: 1e6 } }, exact)
  expect(row!.methods).toEqual([{ parameter: 'loss', A: '0.005', B: '0' }])
  expect(row!.judgement).toMatchObject({
    verdict: 'inconclusive',
    why: 'measured in another way: loss 0.005 in A, 0 in B',
  })
})

test('A parameter that varies from run to run was found out and is no other method', () => {
  const found = (name: string, from: number) =>
    side(
      name,
      NINE.map((value, index) => ({ value, method: { loss: 0.005, ceiling: from + index } })),
    )
  const [row] = rowsOf(found('A', 100), found('B', 200))
  expect(row).toMatchObject({ methods: [], judgement: { verdict: 'equivalent' } })
})

test('A baseline that forwarded nothing makes no share of it', () => {
  const [row] = rowsOf(values('A', 0, 0, 0, 0, 0), values('B', ...NINE))
  expect(row!.judgement).toMatchObject({ verdict: 'inconclusive', why: 'the baseline is zero' })
})

test('Alone a cell is a discovery; among a hundred that did not change the same cell is not', () => {
  const few = (sizes: number) => {
    const speeds = (drop: number) =>
      Object.fromEntries(
        Array.from({ length: sizes }, (_, at) => [64 + at, at === 0 ? 1e6 * (1 - drop) : 1e6]),
      )
    return compared({ speed: speeds(0) }, { speed: speeds(0.05) }, 5)[0]!
  }
  expect(few(1).judgement.verdict).toBe('regressed')
  const [one, among] = [few(1), few(100)]
  expect(among.p).toBeCloseTo(one.p!, 12)
  expect(among.adjustedP).toBeGreaterThan(0.05)
  expect(among.judgement).toMatchObject({
    verdict: 'inconclusive',
    why: 'beyond the margin, but among so many cells it may be chance',
  })
})

test('Each quantity is a family of its own, and what is only shown belongs to none', () => {
  const A = side('A', [
    { value: 1 },
    { value: 2 },
    { value: 1, quantity: 'mrr' },
    { value: 1, quantity: 'ndr' },
  ])
  const B = side('B', [
    { value: 3 },
    { value: 4 },
    { value: 1, quantity: 'mrr' },
    { value: 9, quantity: 'ndr' },
  ])
  const adjusted = rowsOf(A, B).map(({ quantity, p, adjustedP }) => [quantity, p === adjustedP, p === null])
  expect(adjusted).toEqual([
    ['pdr', true, false],
    ['mrr', true, false],
    ['ndr', true, true],
  ])
})

test('A forbidding difference of a bed leaves its figures out, not its tests', () => {
  const A = measure('A', { speed: SPEED, cells: [outcome('one', 'ok')] }, 4)
  const B = measure(
    'B',
    { speed: SPEED, environment: { evidence: 'full' }, cells: [outcome('one', 'failed')] },
    4,
  )
  const { performance, functional, environments, regressed } = compare({ A, B }, MARGIN)
  expect(performance.rows).toEqual([])
  expect(environments.forbidding).toMatchObject([{ fact: 'evidence' }])
  expect(functional.broken).toHaveLength(1)
  expect(regressed).toBe(true)
})

test('Cells of a driver and target are put together by the geometric mean of their ratios', () => {
  const speeds = { 64: 1e6, 128: 1e6, 256: 1e6 }
  const exact = { noise: 1e-9 }
  const A = measure('A', { speed: speeds, ...exact }, 5)
  const B = measure(
    'B',
    { speed: { 64: 2e6, 128: 0.5e6, 256: 0.729e6 }, environment: { driver: 'ice' }, ...exact },
    5,
  )
  const { groups } = compare({ A, B }, MARGIN)
  expect(groups).toMatchObject([
    {
      drivers: { A: 'veth', B: 'ice' },
      target: 'devmap',
      quantity: 'pdr',
      cells: 3,
      regressed: 2,
      improved: 1,
    },
  ])
  expect(groups[0]!.ratio).toBeCloseTo(0.9, 5)
})

/** Values of one cell, so many to a run. */
const inBlocks = (name: string, ...blocks: readonly (readonly number[])[]): Side => ({
  name,
  runs: blocks.map((block, index) => ({
    name: `${name}-${index}`,
    environment: BED,
    cells: [],
    measurements: block.map((value) => ({ ...measurement('mrr', 64, 1e6), value })),
  })),
})
const around = (middle: number) => [-2, -1, 0, 1, 2].map((by) => middle + by)

test('Blocks of a slower candidate that all lie below those of the baseline show that it regressed', () => {
  const [row] = rowsOf(inBlocks('A', around(1000), around(1010)), inBlocks('B', around(950), around(960)))
  expect(row!.judgement.verdict).toBe('regressed')
})

test('A bed that changed its pace between blocks makes no regression of them, however many values there are', () => {
  const [row] = rowsOf(
    inBlocks('A', around(1000), around(1001), around(955)),
    inBlocks('B', around(930), around(931), around(970)),
  )
  expect(row!.p).toBeLessThan(0.001)
  expect(row!.upper).toBeLessThan(-MARGIN)
  expect(row!.judgement).toMatchObject({ verdict: 'inconclusive', moreRuns: null })
})

test('Values that came alone, or all in one run a side, are no blocks', () => {
  const lone = NINE.map((value) => value * 0.95)
  const [single] = rowsOf(values('A', ...NINE), values('B', ...lone))
  const [whole] = rowsOf(inBlocks('A', NINE), inBlocks('B', lone))
  expect([single!.judgement.verdict, whole!.judgement.verdict]).toEqual(['regressed', 'regressed'])
  expect([single!.A.blocks.length, whole!.A.blocks.length]).toEqual([0, 1])
})
