import { join } from 'node:path'
import { mkdirSync, readFileSync } from 'node:fs'
import { expect } from '@playwright/test'
import {
  baselineFile,
  baselineNames,
  InvalidBaseline,
  readBaseline,
  writeBaseline,
} from '../../../../lab/record/store/baseline.ts'
import { readRun } from '../../../../lab/record/store/read-run.ts'
import { claim, LOST, whole } from '../cells-of-run.ts'
import { CELL, measured, type ResultsFolder, test } from './run-files.ts'

const ACCEPTED = { at: '2026-03-02T08:00:00.000Z', by: 'A. Maintainer', why: 'kernel 6.18 as released' }
const GENERIC = ['devmap', 'linear', 'generic'] as const
const NATIVE = ['devmap', 'linear', 'native'] as const

const runIn = (results: ResultsFolder) =>
  readRun(
    join(
      results.path,
      results.add('2026-03-01T02:00', {
        cells: [whole(NATIVE), { ...whole(GENERIC), ...LOST }, claim(NATIVE)],
        measurements: [measured(2, { cell: { ...CELL, size: 128 } }), measured(1)],
      }),
    ),
  )

test('A baseline comes back with who, when and why, and what the run was', ({ results }) => {
  const run = runIn(results)
  const file = writeBaseline(results.path, 'local', run, ACCEPTED)
  const baseline = readBaseline(file)
  expect(baseline).toMatchObject({
    name: 'local',
    run: run.name,
    accepted: ACCEPTED,
    environment: run.environment,
  })
  expect(baseline.measurements).toHaveLength(2)
  expect(baseline.measurements).toEqual(expect.arrayContaining([...run.measurements]))
  expect(baseline.cells).toHaveLength(3)
  expect(baseline.cells.find(({ verdict }) => verdict === 'failed')).toEqual({
    suite: 'devmap',
    title: whole(GENERIC).title,
    about: { target: 'devmap', frames: 'linear', mode: 'generic' },
    verdict: 'failed',
    message: LOST.message,
  })
  expect(baselineNames(results.path)).toEqual(['local'])
})

test('It reads well as a diff: a line for each test, fact and measurement, sorted whatever the run’s order', ({
  results,
}) => {
  const run = runIn(results)
  const text = readFileSync(writeBaseline(results.path, 'one', run, ACCEPTED), 'utf8')
  const reversed = {
    ...run,
    cells: run.cells.toReversed(),
    measurements: run.measurements.toReversed(),
    environment: Object.fromEntries(Object.entries(run.environment).reverse()),
  }
  expect(readFileSync(writeBaseline(results.path, 'other', reversed, ACCEPTED), 'utf8')).toBe(text)
  const slower = {
    ...run,
    measurements: run.measurements.map((one) => ({ ...one, value: one.value! * 2 })).slice(0, 1),
  }
  const after = readFileSync(writeBaseline(results.path, 'third', slower, ACCEPTED), 'utf8').split('\n')
  const changed = text.split('\n').filter((line) => !after.includes(line))
  expect(changed.length, 'one line that is gone, and one that differs').toBe(2)
  const keys = [...text.matchAll(/^ "(\w+)"/gm)].map(([, key]) => key)
  expect(keys).toEqual(keys.toSorted())
})

test('A run without tests or without measurements is kept too', ({ results }) => {
  const run = readRun(join(results.path, results.add('2026-03-01T02:00', { measurements: [measured(1)] })))
  expect(readBaseline(writeBaseline(results.path, 'x', run, ACCEPTED))).toMatchObject({ cells: [] })
})

for (const [what, text, says] of [
  ['no JSON', '{"schema": 1,', /x\.json is no baseline: /],
  ['something else', '{"schema": 1, "run": "a"}', /x\.json is no baseline: accepted: /],
  ['null', 'null', /x\.json is no baseline: the whole file: /],
  [
    'of a newer version',
    '{"schema": 2}',
    /x\.json was written by a newer version of redirect-lab \(schema 2; this one reads 1\)/,
  ],
] as const)
  test(`A file that is ${what} is refused with its name and what is wrong`, ({ results }) => {
    mkdirSync(join(results.path, 'baselines'))
    results.write('baselines/x.json', text)
    const read = () => readBaseline(baselineFile(results.path, 'x'))
    expect(read).toThrow(InvalidBaseline)
    expect(read).toThrow(says)
  })

test('A baseline that is not there is said to be so', ({ results }) => {
  expect(() => readBaseline(baselineFile(results.path, 'x'))).toThrow(/^there is no baseline .*x\.json$/)
  expect(baselineNames(results.path)).toEqual([])
})
