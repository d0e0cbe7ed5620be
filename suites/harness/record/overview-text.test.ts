import { expect, test } from '@playwright/test'
import { bedText } from '../../../lab/record/environment.ts'
import { overviewOf } from '../../../lab/record/overview.ts'
import {
  countsText,
  gridText,
  notesText,
  rowText,
  shorten,
  superscript,
  verdictText,
} from '../../../lab/record/overview-text.ts'
import { TARGETS } from '../../../lab/units/redirect.ts'
import { claim, LOST, NO_TRIAL, tableOf, whole } from './cells-of-run.ts'

const MIXED = overviewOf([
  ...tableOf('devmap'),
  { ...whole(['devmap-hash', 'linear', 'native']), ...LOST },
  { ...whole(['devmap-hash', 'linear', 'generic']), refused: 'EOPNOTSUPP: not in this driver' },
  { ...whole(['devmap-hash', 'non-linear', 'native']), ...NO_TRIAL, verdict: 'skipped', message: 'too old' },
])

test('The grid has a line for each target, its symbols under their headings', () => {
  const [frames, modes, devmap, hash, ...rest] = gridText(MIXED).split('\n') as [
    string,
    string,
    string,
    string,
  ]
  expect(frames.trim()).toMatch(/^linear\s+non-linear$/)
  expect(modes.trim().split(/\s+/)).toEqual(['native', 'generic', 'native', 'generic'])
  expect(frames.indexOf('non-linear')).toBe(modes.lastIndexOf('native'))
  const columns = [...modes.matchAll(/\S+/g)].map(({ index }) => index)
  expect(columns.map((column) => devmap[column])).toEqual(['✓', '✓', '✓', '✓'])
  expect(columns.map((column) => hash[column])).toEqual(['✗', '⊘', '–', '·'])
  expect(rest.join('\n')).toBe(
    [
      '',
      '✓ works: every frame arrives whole',
      '✗ fails: a claim does not hold',
      '⊘ refused: the kernel or driver refuses it, as documented',
      '– skipped: not tried, for a proven reason',
      '· not run: its table was not run',
    ].join('\n'),
  )
})

test('Symbols that do not occur are not explained', () => {
  expect(
    gridText(overviewOf(tableOf('devmap')))
      .split('\n')
      .slice(4),
  ).toEqual(['✓ works: every frame arrives whole'])
})

test('Each mark in the grid leads to its reason', () => {
  const marks = [...gridText(MIXED).matchAll(/[¹²³]/g)].map(([mark]) => mark)
  expect(marks).toEqual(['¹', '²', '³'])
  const notes = notesText(MIXED)
  expect(notes).toMatch(/^¹ {3}devmap-hash linear native: fails: 899 redirect: ENOSPC$/m)
  expect(notes).toMatch(/^² {3}devmap-hash linear generic: refused: EOPNOTSUPP: not in this driver$/m)
  expect(notes).toMatch(/^³ {3}devmap-hash non-linear native: skipped: too old$/m)
  expect(notes).toMatch(/^ {4}In 1 cell, first: every linear frame of 64 bytes/m)
})

test('No line of the reasons is longer than 100 characters, nor begins where its mark stands', () => {
  const words = Array.from({ length: 60 }, (_, index) => `word${index}`).join(' ')
  const cells = tableOf('cpumap').map((cell) => ({ ...cell, verdict: 'failed' as const, message: words }))
  const lines = notesText(overviewOf(cells)).split('\n')
  expect(lines.length).toBeGreaterThan(3)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
  for (const line of lines.slice(1)) expect(line).toMatch(/^ {4}\S/)
  expect(lines.join(' ')).toContain('word59')
  expect(lines[0]).toContain('all of cpumap: fails: ')
})

test('A field that works in spite of a refusal says both', () => {
  const cells = [
    whole(['xskmap', 'linear', 'native']),
    { ...claim(['xskmap', 'linear', 'native']), refused: 'zero copy' },
  ]
  expect(gridText(overviewOf(cells))).toContain('✓¹')
  expect(notesText(overviewOf(cells))).toContain('xskmap linear native: works, but refused: zero copy')
})

for (const [what, cells, sentence] of [
  ['all works', TARGETS.flatMap(tableOf), 'Works: 20 of 20 fields'],
  ['some was run', [whole(['devmap', 'linear', 'native'])], 'Works: 1 of 1 fields'],
  [
    'some is refused',
    [...tableOf('devmap'), { ...whole(['cpumap', 'linear', 'native']), refused: 'EOPNOTSUPP' }],
    'Works: 4 of 5 fields; refused as documented: cpumap linear native',
  ],
  [
    'some fails',
    [...tableOf('devmap'), { ...whole(['cpumap', 'linear', 'native']), ...LOST }],
    'FAILS: cpumap linear native',
  ],
  [
    'the lab broke',
    [...tableOf('devmap'), { ...whole(['cpumap', 'linear', 'native']), verdict: 'infra' as const }],
    'INFRA: no answer for cpumap linear native',
  ],
  [
    'no table was run',
    [claim(['devmap', 'linear', 'native'])],
    'No table was run, which would say what works',
  ],
] as const)
  test(`The verdict when ${what}`, () => {
    expect(verdictText(overviewOf(cells))).toBe(sentence)
  })

test('A target in a line names each field, and why one fails', () => {
  expect(MIXED.rows.map((row) => rowText(row, MIXED))).toEqual([
    '✓ linear native, ✓ linear generic, ✓ non-linear native, ✓ non-linear generic',
    '✗ linear native (899 redirect: ENOSPC), ⊘ linear generic, – non-linear native, · non-linear generic',
  ])
})

test('Counts are of the tables, and of what was claimed beside them', () => {
  expect(countsText(overviewOf(tableOf('devmap')))).toBe(
    '6 cells: 6,000 frames offered, 0 lost with a name, 0 unexplained',
  )
  expect(
    countsText(
      overviewOf([
        whole(['devmap', 'linear', 'native']),
        { ...claim(['devmap', 'linear', 'native']), unexplained: -4 },
      ]),
    ),
  ).toBe(
    '1 cell: 1,000 frames offered, 0 lost with a name, 0 unexplained; 1 of 1 other tests hold, 4 frames of theirs unexplained',
  )
})

test('Text is cut between words, and only when it is too long', () => {
  expect(shorten('a few words', 11)).toBe('a few words')
  expect(shorten('a few words, and more', 13)).toBe('a few words…')
  expect(shorten('unbreakable', 5)).toBe('unbr…')
})

test('Numbers are written small', () => {
  expect(superscript(1)).toBe('¹')
  expect(superscript(120)).toBe('¹²⁰')
})

test('A bed in a line leaves out what is not known', () => {
  expect(
    bedText({
      driver: 'ice',
      kernel: '6.18.0',
      topology: 'lab (1a2b)',
      began: '2026-11-25T03:54:59.000Z',
      cpu: 'x',
    }),
  ).toBe('driver ice · Linux 6.18.0 · topology lab (1a2b) · 2026-11-25 03:54 UTC')
  expect(bedText({ driver: '', kernel: '6.18.0' })).toBe('Linux 6.18.0')
  expect(bedText({})).toBe('')
})

test('A bed in a line names TRex and its version; the soft generator’s is that of a kernel', () => {
  const bed = { kernel: '6.18.0', topology: 'lab (1a2b)' }
  expect(bedText({ ...bed, generator: 'trex 3.08' })).toBe('Linux 6.18.0 · topology lab (1a2b) · TRex 3.08')
  expect(bedText({ ...bed, generator: 'soft 6.18.0' })).toBe('Linux 6.18.0 · topology lab (1a2b)')
})
