import { expect, test } from '@playwright/test'
import { cellName, cellsNamed, compareCells } from '../../../../lab/record/store/cell-name.ts'
import { CELL } from './run-files.ts'

test('A cell’s name finds it again, and so does every beginning of it', () => {
  const name = cellName(CELL)
  expect(name).toBe('devmap/linear/native/64/1@local')
  const [path, topology] = name.split('@') as [string, string]
  for (let parts = 1; parts <= 5; parts++) {
    const beginning = path.split('/').slice(0, parts).join('/')
    expect(cellsNamed(beginning)(CELL), beginning).toBe(true)
    expect(cellsNamed(`${beginning}@${topology}`)(CELL)).toBe(true)
    expect(cellsNamed(`${beginning}@other`)(CELL)).toBe(false)
  }
  expect(cellsNamed('@local')(CELL)).toBe(true)
})

test('A name stands for whole words: devmap is not devmap-hash, and 6 is not 64', () => {
  expect(cellsNamed('devmap')({ ...CELL, target: 'devmap-hash' })).toBe(false)
  expect(cellsNamed('devmap/linear')({ ...CELL, frames: 'non-linear' })).toBe(false)
  expect(cellsNamed('devmap/linear/native/6')(CELL)).toBe(false)
  expect(cellsNamed('devmap/linear/native/64/2')(CELL)).toBe(false)
})

for (const [text, says] of [
  [
    'devmop',
    '"devmop" is no target of a cell, which is one of devmap, devmap-hash, cpumap, xskmap, ifindex; did you mean "devmap"?',
  ],
  ['devmap/linear/nativ', '"nativ" is no mode of a cell, which is one of native, generic; did you mean'],
  ['devmap/linear/native/big', 'in the name of a cell, size is a whole number from 1 on; got "big"'],
  ['devmap/linear/native/64/0', 'in the name of a cell, cores is a whole number from 1 on; got "0"'],
  ['', 'a cell is named TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY'],
  ['devmap@', 'a cell is named TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY'],
  ['devmap/linear/native/64/1/2', 'or by the beginning of that; got "devmap/linear/native/64/1/2"'],
  ['devmap/', '"" is no frames of a cell'],
] as const)
  test(`The name ${JSON.stringify(text)} is refused with what is expected`, () => {
    expect(() => cellsNamed(text)).toThrow(says)
  })

test('Cells are in the order of their parts, and numbers in theirs', () => {
  const cells = [
    CELL,
    { ...CELL, topology: 'other' },
    { ...CELL, size: 128 },
    { ...CELL, size: 1518 },
    { ...CELL, mode: 'generic' as const },
    { ...CELL, target: 'cpumap' as const, size: 64 },
  ]
  expect(cells.toReversed().sort(compareCells)).toEqual(cells)
})
