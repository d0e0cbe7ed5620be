import { expect, test } from '@playwright/test'
import type { CellRecord } from '../../../lab/record/cell.ts'
import { aboutOf } from '../../../lab/record/cell.ts'
import { type Answer, overviewOf } from '../../../lab/record/overview.ts'
import { TARGETS } from '../../../lab/units/redirect.ts'
import { claim, LOST, NO_TRIAL, tableOf, whole, type Where } from './cells-of-run.ts'

const HERE: Where = ['cpumap', 'linear', 'generic']
const INFRA = { ...NO_TRIAL, verdict: 'infra', message: 'INFRA: dut: the connection is closed' } as const
const SKIPPED = { ...NO_TRIAL, verdict: 'skipped', message: 'Linux 6.1 is older than 6.6' } as const

function fieldOf(cells: readonly CellRecord[], [target, frames, mode]: Where = HERE) {
  const row = overviewOf(cells).rows.find((one) => one.target === target)
  return row?.fields.find((field) => field.frames === frames && field.mode === mode)
}

test('What was run makes a row, in the order of the targets, whatever was run first', () => {
  const { rows } = overviewOf(['ifindex', 'devmap', 'xskmap'].flatMap((one) => tableOf(one as 'devmap')))
  expect(rows.map(({ target }) => target)).toEqual(['devmap', 'xskmap', 'ifindex'])
  for (const { fields } of rows)
    expect(fields.map(({ frames, mode }) => `${frames} ${mode}`)).toEqual([
      'linear native',
      'linear generic',
      'non-linear native',
      'non-linear generic',
    ])
})

test('A target works where every cell of its table is ok', () => {
  const { rows, notes } = overviewOf(TARGETS.flatMap(tableOf))
  expect(rows.flatMap(({ fields }) => fields.map(({ answer }) => answer))).toEqual(
    Array.from({ length: 20 }, () => 'works'),
  )
  expect(notes).toEqual([])
})

for (const [what, cells, answer] of [
  ['no cell at all', [whole(['cpumap', 'linear', 'native'])], 'not run'],
  ['tests beside the table alone', [claim(HERE)], 'not run'],
  ['a table, and tests beside it that lose frames on purpose', [whole(HERE), claim(HERE)], 'works'],
  ['one cell of the table that failed', [whole(HERE), { ...whole(HERE, 1518), ...LOST }], 'fails'],
  [
    'one cell without a trial that failed',
    [whole(HERE), { ...whole(HERE, 1518), ...NO_TRIAL, verdict: 'failed' }],
    'fails',
  ],
  ['a test beside the table that failed', [whole(HERE), { ...claim(HERE), verdict: 'failed' }], 'fails'],
  ['a test that failed and no table', [{ ...claim(HERE), verdict: 'failed' }], 'fails'],
  ['a table that is refused', [{ ...whole(HERE), refused: 'EOPNOTSUPP' }], 'refused'],
  ['a refusal beside the table', [whole(HERE), { ...claim(HERE), refused: 'zero copy' }], 'works'],
  [
    'a failure beside a refusal',
    [
      { ...whole(HERE), refused: 'EOPNOTSUPP' },
      { ...whole(HERE, 1518), ...LOST },
    ],
    'fails',
  ],
  ['a cell that was skipped', [whole(HERE), { ...whole(HERE, 1518), ...SKIPPED }], 'skipped'],
  ['a skip beside the table', [whole(HERE), { ...claim(HERE), ...SKIPPED }], 'works'],
  ['a lab that broke in a cell', [whole(HERE), { ...whole(HERE, 1518), ...INFRA }], 'no answer'],
  ['a lab that broke beside the table', [whole(HERE), { ...claim(HERE), ...INFRA }], 'works'],
  [
    'a lab that broke after a failure',
    [
      { ...whole(HERE), ...LOST },
      { ...whole(HERE, 1518), ...INFRA },
    ],
    'fails',
  ],
  [
    'an invalid trial',
    [{ ...whole(HERE), verdict: 'failed', message: 'INVALID: the generator sent 3 of 1000 frames' }],
    'no answer',
  ],
] as const satisfies readonly [string, readonly CellRecord[], Answer][])
  test(`A field with ${what}: ${answer}`, () => {
    expect(fieldOf(cells)?.answer).toBe(answer)
  })

test('The reason in a table is what most frames were lost by, with its meaning and remedy', () => {
  const { notes } = overviewOf([whole(HERE), { ...whole(HERE, 1518), ...LOST }])
  expect(notes).toHaveLength(1)
  expect(notes[0]).toMatchObject({ kind: 'fails', what: '899 redirect: ENOSPC', cells: 1, others: 0 })
  expect(notes[0]!.meaning).toMatch(/queue of the target CPU is full .*Try: /)
})

test('Frames that are missing without a name are the reason when nothing else is', () => {
  const [note] = overviewOf([
    { ...whole(HERE), verdict: 'failed', unexplained: 3, message: 'LOST: 3 of 1000 frames did not arrive' },
  ]).notes
  expect(note!.what).toBe('3 unexplained')
})

for (const [what, cell] of [
  [
    'beside the table, where losses are expected,',
    { ...claim(HERE), verdict: 'failed', message: 'LOST: expected 9' },
  ],
  ['of a whole cell', { ...whole(HERE), verdict: 'failed', message: 'LOST: expected 9' }],
  ['without a trial', { ...whole(HERE), ...NO_TRIAL, verdict: 'failed', message: 'LOST: expected 9' }],
] as const)
  test(`The reason ${what} is the message`, () => {
    expect(overviewOf([cell]).notes[0]!.what).toBe('LOST: expected 9')
  })

test('A cell of the table gives the reason before tests beside it do', () => {
  const beside: CellRecord = { ...claim(HERE), verdict: 'failed', message: 'another' }
  const { notes } = overviewOf([beside, { ...whole(HERE), ...LOST }, beside])
  expect(notes).toMatchObject([
    { what: '899 redirect: ENOSPC', title: whole(HERE).title, cells: 1, others: 1 },
  ])
})

test('What is said of several fields is said once, with all of them', () => {
  const refused = { refused: 'no non-linear frames' }
  const { notes, rows } = overviewOf(
    [...tableOf('devmap'), ...tableOf('ifindex')].map((cell) =>
      cell.about?.frames === 'non-linear' ? { ...cell, ...refused } : cell,
    ),
  )
  expect(notes).toHaveLength(1)
  expect(notes[0]!.of.map(({ target, mode }) => `${target} ${mode}`)).toEqual([
    'devmap native',
    'devmap generic',
    'ifindex native',
    'ifindex generic',
  ])
  expect(rows.map(({ fields }) => fields.map((field) => field.notes))).toEqual([
    [[], [], [1], [1]],
    [[], [], [1], [1]],
  ])
})

test('Frames are counted of the table; of tests beside it those that nobody explains', () => {
  const overview = overviewOf([
    { ...whole(HERE), ...LOST, unexplained: 2 },
    { ...whole(HERE, 1518), unexplained: -2 },
    { ...claim(HERE), unexplained: 5 },
    claim(HERE),
    { ...claim(HERE, 'another'), verdict: 'failed' },
  ])
  expect(overview.counts).toEqual({ cells: 2, offered: 2000, lost: 999, unexplained: 4 })
  expect(fieldOf([{ ...whole(HERE), ...LOST }, claim(HERE)])?.counts).toEqual({
    cells: 1,
    offered: 1000,
    lost: 999,
    unexplained: 0,
  })
  expect(overview.others).toEqual({ tests: 2, held: 1, unexplained: 5 })
})

test('A test without a target says nothing about any', () => {
  expect(overviewOf([{ ...claim(HERE), about: null, verdict: 'failed' }]).rows).toEqual([])
  expect(overviewOf([]).rows).toEqual([])
})

test('A test is about what its suite and its tags name, or about nothing', () => {
  expect(aboutOf('devmap-hash', ['@linear', '@native', '@table'])).toEqual({
    target: 'devmap-hash',
    frames: 'linear',
    mode: 'native',
  })
  expect(aboutOf('process', ['@xskmap', '@non-linear', '@generic'])).toEqual({
    target: 'xskmap',
    frames: 'non-linear',
    mode: 'generic',
  })
  expect(aboutOf('process', ['@linear', '@native'])).toBeNull()
  expect(aboutOf('devmap', ['@linear'])).toBeNull()
})
