import { expect, test } from '@playwright/test'
import { closing } from '../../../lab/cli/closing.ts'
import { dropTable } from '../../../lab/cli/drop-table.ts'
import { CellRecord, type DropRecord, NO_OUTCOME } from '../../../lab/record/cell.ts'
import { dropHtml } from '../../../lab/record/drop-html.ts'
import { claim } from '../record/cells-of-run.ts'

const DOWN: DropRecord = {
  condition: 'the target port is down',
  target: 'devmap',
  frames: 'linear',
  mode: 'native',
  offered: 1000,
  reason: 'redirect: ENETDOWN',
  expected: 500,
  says: 'xdp_redirect_err',
  seen: { bpftrace: 500, perf: null, counters: 499 },
}

const row = (drop: Partial<DropRecord> = {}, cell: Partial<CellRecord> = {}): CellRecord => ({
  ...NO_OUTCOME,
  suite: 'drops',
  title: 'a row',
  table: false,
  verdict: 'ok',
  drop: { ...DOWN, ...drop },
  ...cell,
})

const lines = (text: string) => text.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))

test('A row tells what was expected and how often each witness saw it; who cannot see it has a dash', () => {
  expect(lines(dropTable([row()]))).toContain(
    'devmap | linear | native | 1000 | redirect: ENETDOWN | 500 | 500 | - | 499 | xdp_redirect_err | ok',
  )
})

test('Rows of one condition stand together under it, however far apart they ran', () => {
  const text = dropTable([row(), row({ condition: 'the ring is full' }), row({ target: 'cpumap' })])
  const at = (word: string) => lines(text).findIndex((line) => line.startsWith(word))
  expect(at('cpumap')).toBe(at('devmap') + 1)
  expect(text.match(/the target port is down/g)).toHaveLength(1)
  expect(text).toMatch(/3 rows of 2 conditions: 3 as expected$/)
})

test('A row that was skipped says so, with its proof, once for all that have the same', () => {
  const skipped = { verdict: 'skipped', message: 'all CPUs are online (0, 1)' } as const
  const text = dropTable([
    row({ expected: null }, skipped),
    row({ expected: null, mode: 'generic' }, skipped),
    row(),
  ])
  expect(text.match(/all CPUs are online/g)).toHaveLength(1)
  expect(text).toMatch(/3 rows of 1 conditions: 1 as expected, 2 skipped$/)
  expect(lines(text)).toContain(
    'devmap | linear | generic | - | redirect: ENETDOWN | - | 500 | - | 499 | xdp_redirect_err | skipped',
  )
})

test('A row that failed stands there with its message', () => {
  const text = dropTable([row({}, { verdict: 'failed', message: 'LOST: expected 500, found 0' })])
  expect(text).toContain('failed: the target port is down\n    LOST: expected 500, found 0')
})

test('A map that refuses an entry has neither frames nor mode', () => {
  const text = dropTable([row({ frames: null, mode: null, offered: 0, reason: 'EINVAL', expected: 1 })])
  expect(lines(text)[3]).toMatch(/^devmap \| - \| - \| - \| EINVAL \| 1 /)
})

test('The table stands beside what else was run, and says nothing of what works', () => {
  expect(dropTable([claim(['devmap', 'linear', 'native'])])).toBe('')
  expect(closing([row()], 'a bed')).toBe(dropTable([row()]))
  const both = closing([claim(['devmap', 'linear', 'native']), row()], 'a bed')
  expect(both).toContain('✓ devmap: 1 claim holds')
  expect(both).toContain(dropTable([row()]))
  expect(both).not.toContain('drops:')
})

test('A row is part of its cell’s record, and of its page', () => {
  expect(CellRecord.parse(JSON.parse(JSON.stringify(row()))).drop).toEqual(DOWN)
  const page = dropHtml({ ...DOWN, condition: 'a < b' })
  for (const words of ['a &lt; b', 'devmap, linear, native', 'redirect: ENETDOWN', '499', 'xdp_redirect_err'])
    expect(page).toContain(words)
})
