import { expect, test } from '@playwright/test'
import { table } from '../../../lab/cli/table.ts'
import { type CellRecord, cellOutcome, NO_OUTCOME } from '../../../lab/record/cell.ts'
import { trialOf } from '../measure/trials.ts'

const cellOf = (...trial: Parameters<typeof trialOf>): CellRecord => ({
  ...cellOutcome(trialOf(...trial)),
  suite: 'devmap',
  table: true,
  title: 'every frame arrives whole',
  verdict: 'ok',
})
const NATIVE = { target: 'devmap', mode: 'native' } as const
const WHOLE = cellOf(NATIVE)

test('Every row lines up with the headings, numbers to the right', () => {
  const lines = table([
    WHOLE,
    cellOf({ ...NATIVE, offered: 123_456 }),
    { ...WHOLE, suite: 'a-suite-of-a-long-name' },
  ]).split('\n')
  const [headings, rule, ...rows] = lines as [string, string, ...string[]]
  const end = headings.indexOf('offered') + 'offered'.length
  expect(rows.map((row) => row.slice(0, end).split(/\s+/).at(-1))).toEqual(['1000', '123456', '1000'])
  const verdicts = headings.indexOf('verdict')
  for (const row of rows) expect(row.slice(verdicts)).toBe('ok')
  expect(rule).toMatch(/^[─ ]+$/)
  expect(rule).toHaveLength(headings.length)
})

test('All losses of a cell are named, however long the row becomes, and the others stay in line', () => {
  const lossy = cellOf(NATIVE, {
    ringFull: 5,
    program: { ABORTED: 1 },
    redirect: { ENETDOWN: 10, EMSGSIZE: 3 },
    xmit: { ENXIO: 16 },
  })
  const [headings, , first, second] = table([lossy, WHOLE]).split('\n') as [string, string, string, string]
  expect(first).toContain(
    '5 ingress: ring full, 1 program: XDP_ABORTED, 10 redirect: ENETDOWN, 3 redirect: EMSGSIZE, 16 flush: ENXIO',
  )
  expect(first.slice(headings.indexOf('verdict'))).toBe('ok')
  expect(second.slice(headings.indexOf('verdict'))).toBe('ok')
})

test('What is unexplained stands out, too many as well as too few', () => {
  expect(table([cellOf(NATIVE, {}, { frames: 997 })])).toContain('3 UNEXPLAINED')
  expect(table([cellOf(NATIVE, {}, { frames: 1003 })])).toContain('-3 UNEXPLAINED')
  expect(table([WHOLE])).not.toContain('UNEXPLAINED')
})

test('Which way frames went is told in a run that has several', () => {
  const back = { ...WHOLE, way: { from: 'egress', to: 'ingress' } }
  const [headings, , first, second] = table([WHOLE, back]).split('\n') as [string, string, string, string]
  const at = headings.indexOf('way ')
  expect([first.slice(at, at + 17).trim(), second.slice(at, at + 17).trim()]).toEqual([
    '-',
    'egress to ingress',
  ])
  expect(table([WHOLE])).not.toContain('way')
})

test('The target is told in a run of suites that are not named like theirs', () => {
  const other = { ...WHOLE, suite: 'both-ways' }
  const [headings, , first, second] = table([other, WHOLE]).split('\n') as [string, string, string, string]
  const at = headings.indexOf('target ')
  expect([first.slice(at, at + 7).trim(), second.slice(at, at + 7).trim()]).toEqual(['devmap', 'devmap'])
  expect(headings.indexOf('frames')).toBeGreaterThan(at)
  expect(table([WHOLE])).not.toContain('target')
})

test('A test without a trial is named by its title', () => {
  const row = table([
    {
      ...NO_OUTCOME,
      suite: 'xskmap',
      table: true,
      title: 'a socket closes under traffic',
      verdict: 'skipped',
    },
  ]).split('\n')[2]
  expect(row).toMatch(/^xskmap\s+-\s.*a socket closes under traffic\s.*skipped$/)
})

for (const [rate, text] of [
  [14_880_952, '14.88 Mpps'],
  [1_000_000, '1.00 Mpps'],
  [149_500, '150 kpps'],
  [950, '950 pps'],
  [3, '3 pps'],
] as const)
  test(`A rate of ${rate} frames a second is shown as ${text}`, () => {
    expect(table([{ ...WHOLE, rate }])).toContain(` ${text} `)
  })

for (const [latencyNs, text] of [
  [12_345, '12 us'],
  [640, '0.6 us'],
] as const)
  test(`A latency of ${latencyNs} ns is shown as ${text}`, () => {
    expect(table([{ ...WHOLE, latencyNs }])).toContain(` ${text} `)
  })

test('What was not measured is a dash', () => {
  const [, , row] = table([{ ...WHOLE, rate: null, bulkAverage: null, latencyNs: null }]).split('\n')
  expect(row).toMatch(/-\s+-\s+-\s+ok$/)
})

test('A run without cells has a table without rows', () => {
  expect(table([]).split('\n')).toHaveLength(2)
})
