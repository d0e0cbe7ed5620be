import { expect, test } from '@playwright/test'
import { benchTable } from '../../../lab/record/bench-table.ts'
import { type Measurement, QUANTITIES, type Quantity } from '../../../lab/record/measurement.ts'

const figure = (quantity: Quantity, about: Partial<Measurement> = {}): Measurement => ({
  schema: 1,
  at: '2026-11-25T12:00:00.000Z',
  suite: 'throughput',
  cell: { topology: 'bed', target: 'devmap', frames: 'linear', mode: 'native', size: 64, cores: 1 },
  quantity,
  value: 1_488_095,
  lower: 1_480_000,
  upper: 1_490_000,
  trials: 12,
  seconds: 30,
  method: {},
  ...about,
})
const rowsOf = (...figures: Measurement[]) =>
  benchTable(figures)
    .split('\n')
    .slice(2)
    .map((line) => line.split(/ {2,}/))

test('Without figures there is no table', () => {
  expect(benchTable([])).toBe('')
})

test('A rate stands in Mpps with its bounds, and in Gbit/s as it is on the wire', () => {
  expect(rowsOf(figure('pdr'))).toEqual([
    ['devmap', 'linear', 'native', '64', 'PDR', '1.488 Mpps', '1.480 to 1.490', '1.00', '12'],
  ])
})

test('Headings stand over their columns, however long a word is', () => {
  const lines = benchTable([
    figure('pdr'),
    figure('back-to-back', { value: 832, lower: 520, upper: 68_608 }),
  ]).split('\n')
  const [headings, rule, ...rows] = lines as [string, string, ...string[]]
  const end = headings.indexOf('trials') + 'trials'.length
  expect(rule).toHaveLength(end)
  for (const row of rows) expect(row.slice(0, end)).toMatch(/ 12$/)
  for (const row of rows) expect(row[headings.indexOf('mode') - 1]).toBe(' ')
})

test('What is no rate is called by its title, in its own unit', () => {
  const cost = figure('tx-ns', { value: 183.4, lower: 94.94, upper: 196 })
  const loss = figure('loss-ratio', {
    value: 0.0133,
    lower: null,
    upper: null,
    atLoad: '90 % of the highest load',
  })
  const burst = figure('back-to-back', { value: 832, lower: 0, upper: 68_608 })
  expect(rowsOf(cost, loss, burst).map((row) => row.slice(4, 8))).toEqual([
    ['time per frame with XDP_TX', '183 ns/frame', '94.9 to 196', '-'],
    ['frames lost at 90 % of the highest load', '1.33 %', '-', '-'],
    ['longest burst without loss', '832 frames', '0 to 68608', '-'],
  ])
})

test('No loss at all is not nearly none', () => {
  expect(rowsOf(figure('loss-ratio', { value: 0, lower: null, upper: null }))[0]![5]).toBe('0 %')
  expect(rowsOf(figure('loss-ratio', { value: 1e-7, lower: null, upper: null }))[0]![5]).not.toBe('0 %')
})

test('Percentiles of one load share a line; those of the next have another', () => {
  const latency = (atLoad: string, scale: number) =>
    (['min', 'median', 'p99', 'p999', 'max'] as const).map((name, index) =>
      figure(`latency-${name}`, { atLoad, value: scale * 1_000 * (index + 1), trials: 3 }),
    )
  const rows = rowsOf(...latency('1 frame per ms', 1), ...latency('50 % of PDR', 10))
  expect(rows.map((row) => row.slice(4))).toEqual([
    ['latency at 1 frame per ms', '2.0 us', '1.0 to 5.0', '-', '3', '99 %: 3.0, 99.9 %: 4.0 us'],
    ['latency at 50 % of PDR', '20.0 us', '10.0 to 50.0', '-', '3', '99 %: 30.0, 99.9 %: 40.0 us'],
  ])
})

const FLOOR = {
  'lost at the lowest load': 7,
  'offered at the lowest load': 20_000,
  'lost there by': '7 ingress: ring full',
  'lowest load': 100_000,
}

const REMARKS: readonly (readonly [what: string, one: Measurement, remark: string])[] = [
  [
    'at the ceiling a rate is at least that',
    figure('mrr', { irregular: 'at-ceiling' }),
    'at ceiling: the DUT does at least this',
  ],
  [
    'at the ceiling a cost is at most that',
    figure('drop-ns', { irregular: 'at-ceiling' }),
    'at ceiling: no more than this',
  ],
  [
    'below the floor is told with what was lost there',
    figure('ndr', {
      value: null,
      irregular: 'below-floor',
      method: FLOOR,
    }),
    'below the floor: 7 of 20000 lost at 0.100 Mpps (7 ingress: ring full)',
  ],
  [
    'an invalid figure says why',
    figure('pdr', { value: null, invalid: 'stray traffic' }),
    'invalid: stray traffic',
  ],
  [
    'so does an invalid latency',
    figure('latency-min', { value: null, invalid: 'no PDR' }),
    'invalid: no PDR',
  ],
  [
    'a search that ran out of time says so',
    figure('pdr', { value: null, unfinished: true }),
    'out of time: bounds of a coarser search',
  ],
  [
    'out of time without a load that is low enough is told with what was lost at the lowest',
    figure('ndr', { value: null, lower: null, unfinished: true, method: FLOOR }),
    'out of time: 7 of 20000 lost at 0.100 Mpps (7 ingress: ring full)',
  ],
  [
    'out of time although the lowest load passed is told so',
    figure('ndr', {
      value: null,
      lower: null,
      unfinished: true,
      method: { ...FLOOR, 'lost at the lowest load': 0 },
    }),
    'out of time: nothing lost at 0.100 Mpps',
  ],
]
for (const [what, one, remark] of REMARKS)
  test(`In the remark, ${what}`, () => {
    expect(benchTable([one])).toContain(remark)
    if (one.value === null) expect(rowsOf(one)[0]![5]).toBe('-')
  })

test('Every quantity can be shown', () => {
  for (const quantity of Object.keys(QUANTITIES) as Quantity[])
    expect(benchTable([figure(quantity)])).not.toMatch(/undefined|NaN/)
})
