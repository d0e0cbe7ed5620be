import { expect, test } from '@playwright/test'
import { closing } from '../../../lab/cli/closing.ts'
import { furtherClaims } from '../../../lab/cli/further-claims.ts'
import type { CellRecord } from '../../../lab/record/cell.ts'
import { claim, LOST, NO_TRIAL, tableOf, whole } from '../record/cells-of-run.ts'

const claims = (count: number): CellRecord[] =>
  Array.from({ length: count }, (_, index) => claim(['devmap', 'linear', 'native'], `claim ${index}`))

test('A run ends with what works, then its table, then what else holds, then its counts', () => {
  const lines = closing([...tableOf('devmap'), ...claims(48)], 'driver veth').split('\n')
  expect(lines[0]).toBe('What works: driver veth')
  const at = (line: RegExp) => lines.findIndex((one) => line.test(one))
  const places = [
    /^devmap {3}✓/,
    /^suite {3}/,
    /^devmap {2}linear/,
    /^✓ devmap: 48 further claims hold$/,
    /^6 cells: /,
  ]
  expect(places.map(at)).not.toContain(-1)
  expect(places.map(at)).toEqual(places.map(at).sort((a, b) => a - b))
  expect(lines.length, 'lines, of 54 tests').toBeLessThan(22)
})

test('Reasons stand between the grid and the table', () => {
  const text = closing([...tableOf('devmap'), { ...whole(['cpumap', 'linear', 'native']), ...LOST }], '')
  expect(text).toMatch(/^What works\n/)
  expect(text.indexOf('¹   cpumap linear native: fails')).toBeGreaterThan(text.indexOf('cpumap   ✗'))
  expect(text.indexOf('¹   cpumap linear native: fails')).toBeLessThan(text.indexOf('suite '))
})

test('Tests of no target make neither grid nor table', () => {
  const text = closing(
    claims(3).map((cell) => ({ ...cell, suite: 'process', about: null })),
    '',
  )
  expect(text).toBe(
    '✓ process: 3 claims hold\n\n0 cells: 0 frames offered, 0 lost with a name, 0 unexplained; 3 of 3 other tests hold',
  )
})

test('A claim that does not hold has a line, with what was lost, and does not count among those that do', () => {
  const [failed, ...others] = claims(3)
  expect(furtherClaims([{ ...failed!, verdict: 'failed', unexplained: 2 }, ...others])).toBe(
    [
      '✗ devmap: claim 0, linear, native  (1000 offered, 1000 program: XDP_DROP, 2 UNEXPLAINED)',
      '✓ devmap: 2 claims hold',
    ].join('\n'),
  )
})

test('Of a test of several trials, all marked by its end, the last is told', () => {
  const [one] = claims(1)
  const trials = [one!, { ...one!, lost: [], received: 1000 }].map((cell) => ({
    ...cell,
    verdict: 'failed' as const,
  }))
  expect(furtherClaims(trials)).toBe('✗ devmap: claim 0, linear, native  (1000 offered, none lost)')
})

test('A skip is told with its reason, a broken lab with its cause', () => {
  const [skipped, infra, silent] = claims(3)
  expect(
    furtherClaims([
      { ...skipped!, ...NO_TRIAL, verdict: 'skipped', message: 'the bed has one port' },
      { ...infra!, ...NO_TRIAL, verdict: 'infra', message: 'INFRA: dut: gone' },
      { ...silent!, ...NO_TRIAL, verdict: 'skipped' },
    ]).split('\n'),
  ).toEqual([
    '! devmap: claim 1, linear, native  (INFRA: dut: gone)',
    '- devmap: claim 0, linear, native  (the bed has one port)',
    '- devmap: claim 2, linear, native',
  ])
})

test('A suite of which everything fails is cut short', () => {
  const lines = furtherClaims(claims(48).map((cell) => ({ ...cell, verdict: 'failed' }))).split('\n')
  expect(lines).toHaveLength(11)
  expect(lines.at(-1)).toBe('✗ devmap: 38 more that did not hold')
})

test('Documented refusals are told apart among the claims that hold', () => {
  const [one, two, three] = claims(3) as [CellRecord, CellRecord, CellRecord]
  expect(furtherClaims([{ ...one, refused: 'zero copy' }, two, three])).toBe(
    '✓ devmap: 3 claims hold, 1 of them a documented refusal',
  )
})
