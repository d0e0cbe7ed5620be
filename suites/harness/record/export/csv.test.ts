import { expect, test } from '@playwright/test'
import { csv } from '../../../../lab/record/export/csv.ts'
import { NASTY, RUN } from './runs.ts'

/** As RFC 4180 reads it. */
function parse(text: string): Record<string, string>[] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!)
    if (end === '\n') rows.push([])
  }
  expect(rows.pop()).toEqual([])
  const [names, ...others] = rows as [string[], ...string[][]]
  for (const row of others) expect(row).toHaveLength(names.length)
  return others.map((row) => Object.fromEntries(names.map((name, column) => [name, row[column]!])))
}

test('Every test and every measurement is a row with its run and bed', () => {
  const rows = parse(csv([RUN]))
  expect(rows.map(({ kind }) => kind)).toEqual([
    ...RUN.cells.map(() => 'test'),
    ...RUN.measurements.map(() => 'measurement'),
  ])
  for (const row of rows) expect(row).toMatchObject({ run: RUN.name, driver: 'veth', kernel: '6.18.44' })
})

test('A test says what became of its frames, and a measurement its figure with unit and bounds', () => {
  const rows = parse(csv([RUN]))
  expect(rows[1]).toMatchObject({
    suite: 'devmap',
    mode: 'generic',
    verdict: 'failed',
    lost: '100 program: XDP_ABORTED; 899 redirect: ENOSPC',
  })
  expect(rows[2]!['title']).toBe(`${NASTY}, linear, native`)
  expect(rows[6]).toMatchObject({
    topology: 'local',
    target: 'devmap',
    size: '64',
    cores: '1',
    quantity: 'pdr',
    value: '8650000',
    unit: 'frames/s',
    lower: '8649999',
    verdict: '',
  })
  expect(rows[8]).toMatchObject({ value: '', invalid: 'the generator fell short by 3 %' })
})
