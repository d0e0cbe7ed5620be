/** The door of stored lines, with a record that has been of three shapes. */
import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { type Door, parseLines } from '../../../lab/record/json-lines.ts'

const Frame = z.object({ schema: z.literal(3), bytes: z.number() })

/** Schema 1 counted bits, and schema 2 named them; schema 3 counts bytes. */
const DOOR: Door<z.infer<typeof Frame>> = {
  record: Frame,
  schema: 3,
  steps: {
    1: (line) => ({ schema: 2, bits: (line as { frame: { size: number } }).frame.size }),
    2: (line) => ({ schema: 3, bytes: (line as { bits: number }).bits / 8 }),
  },
}

const read = (...lines: unknown[]) =>
  parseLines(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), DOOR)

test('Lines of every schema since the first are read, step by step', () => {
  const { records, damaged, newer } = read(
    { schema: 1, frame: { size: 512 } },
    { schema: 2, bits: 1024 },
    { schema: 3, bytes: 1518 },
  )
  expect(records.map(({ bytes }) => bytes)).toEqual([64, 128, 1518])
  expect([damaged, newer]).toEqual([0, 0])
})

test('A line of a newer schema is told apart from a damaged one', () => {
  expect(read({ schema: 4, bytes: 64 }, { schema: 3, bytes: 64 }, { schema: 3, bytes: '64' })).toEqual({
    records: [{ schema: 3, bytes: 64 }],
    damaged: 1,
    newer: 1,
  })
})

for (const [what, line] of [
  ['null', null],
  ['a number', 7],
  ['a list', [{ schema: 3, bytes: 64 }]],
  ['without a schema', { bytes: 64 }],
  ['of a schema that is no number', { schema: '3', bytes: 64 }],
  ['of half a schema', { schema: 2.5, bits: 64 }],
  ['of a schema before the first', { schema: 0, bytes: 64 }],
] as const)
  test(`A line that is ${what} is damaged`, () => {
    expect(read(line)).toEqual({ records: [], damaged: 1, newer: 0 })
  })

test('A step that is given a damaged line does not break the reading', () => {
  expect(read({ schema: 1 }, { schema: 2 }, { schema: 3, bytes: 64 })).toMatchObject({
    records: [{ bytes: 64 }],
    damaged: 2,
  })
})

test('Half a line at the end is damaged, whatever it is half of', () => {
  const text = '{"schema":3,"bytes":64}\n{"schema":3,"by'
  expect(parseLines(text, DOOR)).toEqual({ records: [{ schema: 3, bytes: 64 }], damaged: 1, newer: 0 })
})
