/** The index of a results folder: whatever happens to runs and to it, it says what is in the runs. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { writeManyRuns } from '../../../../benchmarks/many-runs.ts'
import { cellsNamed } from '../../../../lab/record/store/cell-name.ts'
import { RunIndex } from '../../../../lab/record/store/run-index.ts'
import { claim, LOST, whole } from '../cells-of-run.ts'
import { CELL, measured, type ResultsFolder, test } from './run-files.ts'

const SUCH = ['devmap', 'linear', 'native'] as const
const NAMED = cellsNamed('devmap/linear/native/64/1@local')

function ask<T>({ path }: ResultsFolder, question: (index: RunIndex) => T): T {
  const index = RunIndex.open(path)
  try {
    return question(index)
  } finally {
    index.close()
  }
}

const figures = (results: ResultsFolder, last?: number) =>
  ask(results, (index) =>
    [...index.series(({ cell }) => NAMED(cell), last)].flatMap(({ points }) =>
      points.map(({ value }) => value),
    ),
  )
const segments = ({ path }: ResultsFolder) => readdirSync(join(path, '.index')).sort()

test('A folder without runs has an empty index, and so has one that is not there', ({ results }) => {
  expect(ask(results, (index) => [index.runs, [...index.series()], index.tests()])).toEqual([[], [], []])
  rmSync(results.path, { recursive: true })
  expect(ask(results, ({ runs }) => runs)).toEqual([])
})

test('A series has the measurements of all runs in their order, with what makes each of them invalid', ({
  results,
}) => {
  const [first, second, third] = results.nights([10, null, 30], {})
  results.add('2026-02-01T00:00', { measurements: [measured(5, { at: '2026-02-01T00:10:00.000Z' })] })
  results.add('2026-03-04T00:00', {
    measurements: [
      measured(null, { at: '2026-03-04T00:10:00.000Z', invalid: 'the generator fell short' }),
      measured(40, { at: '2026-03-04T00:05:00.000Z', irregular: 'at-ceiling' }),
    ],
  })
  const [series] = ask(results, (index) => [...index.series()])
  expect(series).toMatchObject({ cell: CELL, quantity: 'pdr' })
  expect(series!.points.map(({ value }) => value)).toEqual([5, 10, null, 30, 40, null])
  expect(series!.points.slice(1, 4).map(({ run }) => run)).toEqual([first, second, third])
  expect(series!.points.slice(4)).toMatchObject([
    { irregular: 'at-ceiling', lower: 39, upper: 41, at: Date.parse('2026-03-04T00:05:00.000Z') },
    { invalid: 'the generator fell short', lower: null },
  ])
})

test('What differs in cell, quantity or load is another series', ({ results }) => {
  const measurements = [
    measured(1),
    measured(2, { quantity: 'ndr' }),
    measured(3, { atLoad: '50 % of PDR' }),
    measured(4, { cell: { ...CELL, cores: 2 } }),
    measured(5, { cell: { ...CELL, topology: 'other' } }),
  ]
  results.add('2026-03-01T00:00', { measurements })
  results.add('2026-03-02T00:00', { measurements })
  const all = ask(results, (index) => [...index.series()])
  expect(all.map(({ points }) => points.map(({ value }) => value)).sort()).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
  ])
})

test('Only the last points are given when only they are asked for, over every way that runs came', ({
  results,
}) => {
  results.nights([10, 20, 30])
  expect(figures(results, 2)).toEqual([20, 30])
  // Copied from elsewhere, and older than those that are in the index already.
  results.add('2026-02-01T00:00', { measurements: [measured(5)] })
  results.add('2026-03-09T00:00', { measurements: [measured(40), measured(50)] })
  expect(figures(results, 1)).toEqual([50])
  expect(figures(results, 3)).toEqual([30, 40, 50])
  expect(figures(results, 4)).toEqual([20, 30, 40, 50])
  expect(figures(results, 99)).toEqual([5, 10, 20, 30, 40, 50])
})

test('Only runs that are new or have changed are read', ({ results }) => {
  const [first, second] = results.nights([10, 20])
  expect(figures(results)).toEqual([10, 20])
  // Damage that would be seen if they were read again: their size and time of change stay in the index.
  const before = segments(results)
  const text = readFileSync(join(results.path, '.index', before[0]!), 'utf8')
  writeFileSync(join(results.path, '.index', before[0]!), text.replace(',10,9,11]', ',77,9,11]'))
  expect(figures(results), 'as the index says').toEqual([77, 20])
  appendFileSync(
    join(results.path, second!, 'measurements.jsonl'),
    `${JSON.stringify(measured(25, { at: '2026-03-02T03:00:00.000Z' }))}\n`,
  )
  expect(figures(results)).toEqual([77, 20, 25])
  appendFileSync(
    join(results.path, first!, 'measurements.jsonl'),
    `${JSON.stringify(measured(15, { at: '2026-03-01T03:00:00.000Z' }))}\n`,
  )
  expect(figures(results)).toEqual([10, 15, 20, 25])
})

test('A run that is gone is gone from the index, and one that comes back is back', ({ results }) => {
  const [, second] = results.nights([10, 20, 30])
  expect(figures(results)).toEqual([10, 20, 30])
  const aside = join(results.path, 'aside')
  renameSync(join(results.path, second!), aside)
  expect(figures(results)).toEqual([10, 30])
  renameSync(aside, join(results.path, second!))
  expect(figures(results)).toEqual([10, 20, 30])
})

test('An index that is deleted is made anew', ({ results }) => {
  results.nights([10, 20])
  figures(results)
  rmSync(join(results.path, '.index'), { recursive: true })
  expect(figures(results)).toEqual([10, 20])
  expect(segments(results)).toHaveLength(1)
})

for (const [what, damage] of [
  ['cut short', (text: string) => text.slice(0, -5)],
  ['empty', () => ''],
  ['no index', () => 'nothing of the kind\n'],
  ['of another version', (text: string) => text.replace('"version":1', '"version":9')],
] as const)
  test(`A file of the index that is ${what} goes, and its runs are read again`, ({ results }) => {
    results.nights([10, 20])
    figures(results)
    const [file] = segments(results)
    const path = join(results.path, '.index', file!)
    writeFileSync(path, damage(readFileSync(path, 'utf8')))
    expect(figures(results)).toEqual([10, 20])
    expect(segments(results)).toHaveLength(1)
    expect(segments(results)).not.toEqual([file])
  })

test('A file of the index that is damaged within is named, with what to do', ({ results }) => {
  results.nights([10])
  figures(results)
  const path = join(results.path, '.index', segments(results)[0]!)
  writeFileSync(path, readFileSync(path, 'utf8').replace('[[0,', '[[!,'))
  expect(() => figures(results)).toThrow(`${path} is damaged. It is made from the runs: remove it`)
})

test('What a process that died has half written is not taken for index, and goes in time', ({ results }) => {
  results.nights([10])
  mkdirSync(join(results.path, '.index'))
  results.write('.index/x.jsonl.writing', 'half')
  expect(figures(results)).toEqual([10])
  expect(segments(results)).toHaveLength(2)
})

test('An index that cannot be written is made in memory, and the answers are the same', ({ results }) => {
  results.nights([10, 20])
  // A file where its folder would be: refused to root too.
  results.write('.index', '')
  expect(figures(results)).toEqual([10, 20])
  expect(ask(results, ({ runs }) => runs)).toHaveLength(2)
})

test('Two that read the same new runs at once do not count them twice', ({ results }) => {
  results.nights([10, 20])
  const one = figures(results)
  const [file] = segments(results)
  const copy = readFileSync(join(results.path, '.index', file!))
  writeFileSync(join(results.path, '.index', 'another.jsonl'), copy)
  expect(figures(results)).toEqual(one)
})

test('An answer is not spoilt by another process that makes one file of many meanwhile', ({ results }) => {
  results.nights([10, 20])
  const index = RunIndex.open(results.path)
  for (const name of segments(results)) rmSync(join(results.path, '.index', name))
  expect([...index.series()].map(({ points }) => points.length)).toEqual([2])
  index.close()
})

test('Night by night the index stays a few files, and says the same as one made at once', ({ results }) => {
  const values = Array.from({ length: 60 }, (_, night) => night)
  for (const value of values) {
    const day = new Date(Date.UTC(2026, 0, 1 + value)).toISOString().slice(0, 16)
    results.add(day, {
      measurements: [measured(value), measured(value, { cell: { ...CELL, size: 1500 + (value % 3) } })],
      cells: [whole(SUCH), claim(SUCH, `claim ${value % 7}`)],
    })
    expect(figures(results)).toHaveLength(value + 1)
    expect(segments(results).length).toBeLessThanOrEqual(17)
  }
  const grown = ask(results, (index) => [index.runs, [...index.series()], index.tests()])
  rmSync(join(results.path, '.index'), { recursive: true })
  expect(ask(results, (index) => [index.runs, [...index.series()], index.tests()])).toEqual(grown)
  expect(figures(results)).toEqual(values)
})

test('Runs that are gone take no room for ever', ({ results }) => {
  const names = results.nights(Array.from({ length: 30 }, () => 1))
  figures(results)
  for (const name of names) rmSync(join(results.path, name), { recursive: true })
  expect(figures(results)).toEqual([])
  expect(segments(results)).toEqual([])
})

test('What became of a test is known for every run, and a topology’s tests are its own', ({ results }) => {
  const [good, bad] = [whole(SUCH), { ...whole(SUCH), ...LOST }]
  const other = { topology: 'other (aaaaaaaaaaaa)', kernel: '6.1', driver: 'ice' }
  results.add('2026-03-01T00:00', { cells: [good] })
  results.add('2026-03-02T00:00', { cells: [good], environment: other })
  results.add('2026-03-03T00:00', { cells: [bad, claim(SUCH)] })
  results.add('2026-03-04T00:00', { cells: [{ ...good, verdict: 'skipped' }] })
  results.add('2026-03-05T00:00', { cells: [{ ...good, verdict: 'infra' }] })
  const tests = ask(results, (index) => index.tests())
  expect(tests.map(({ topology, title, verdicts }) => [topology, title, verdicts])).toEqual([
    ['local', claim(SUCH).title, '--o--'],
    ['local', good.title, 'o-fsi'],
    ['other', good.title, '-o---'],
  ])
  expect(ask(results, (index) => index.tests(({ suite }) => suite === 'cpumap'))).toEqual([])
})

test('Of a test that a run made several times, the failure is kept', ({ results }) => {
  const good = whole(SUCH)
  results.add('2026-03-01T00:00', {
    cells: [good, { ...good, ...LOST }, { ...good, verdict: 'infra' }, good],
  })
  results.add('2026-03-02T00:00', { cells: [{ ...good, verdict: 'skipped' }, good] })
  expect(ask(results, (index) => index.tests()).map(({ verdicts }) => verdicts)).toEqual(['fo'])
})

test('The index knows of each run what a list shows', ({ results }) => {
  results.add('2026-03-01T00:00', { cells: [whole(SUCH)], measurements: [measured(1), measured(2)] })
  results.add('2026-03-02T00:00', { environment: {}, summary: null })
  expect(ask(results, ({ runs }) => runs)).toMatchObject([
    {
      topology: 'local',
      driver: 'veth',
      kernel: '6.18.44',
      cells: 1,
      measurements: 2,
      summary: { passed: 1 },
      unread: [],
    },
    { topology: '', driver: '', kernel: '', cells: 0, measurements: 0, summary: null },
  ])
})

test('What is damaged or newer is told of, file by file, remembered, and left as it is', ({ results }) => {
  const name = results.add('2026-03-01T00:00', { cells: [whole(SUCH)], measurements: [measured(1)] })
  const half = JSON.stringify(measured(2)).slice(0, 40)
  appendFileSync(
    join(results.path, name, 'measurements.jsonl'),
    `${JSON.stringify({ ...measured(3), schema: 2 })}\n{}\n${half}`,
  )
  results.write(`${name}/environment.json`, '{"kernel": ')
  const before = readFileSync(join(results.path, name, 'measurements.jsonl'))
  for (const time of ['read', 'remembered'])
    expect(
      ask(results, ({ runs }) => runs[0]!.unread),
      time,
    ).toEqual([
      { file: 'environment.json', damaged: 1, newer: 0 },
      { file: 'measurements.jsonl', damaged: 2, newer: 1 },
    ])
  expect(figures(results)).toEqual([1])
  expect(readFileSync(join(results.path, name, 'measurements.jsonl'))).toEqual(before)
})

test('A file that cannot be read at all is told of with the reason, and the rest of the run is read', ({
  results,
}) => {
  const name = results.add('2026-03-01T00:00', { cells: [whole(SUCH)] })
  mkdirSync(join(results.path, name, 'measurements.jsonl'))
  expect(ask(results, ({ runs }) => runs[0])).toMatchObject({
    cells: 1,
    unread: [{ file: 'measurements.jsonl', damaged: 0, newer: 0, refused: 'EISDIR' }],
  })
})

test('Other things in the folder are no runs', ({ results }) => {
  const name = results.add('2026-03-01T00:00')
  results.latest(name)
  for (const other of ['baselines', 'checks', 'benchmarks', 'files', '2026-03-01'])
    mkdirSync(join(results.path, other))
  results.write('2026-03-02T00-00-00Z-1', 'a file')
  expect(ask(results, ({ runs }) => runs.map((run) => run.name))).toEqual([name])
})

test('10,000 runs are answered from in under two seconds of this process', ({ results }) => {
  // Its files are written and removed on a disk that others use too.
  test.setTimeout(300_000)
  const [runs, cells] = [10_000, 4]
  writeManyRuns(results.path, { runs, cells })
  RunIndex.open(results.path).close()
  const spent = (since?: NodeJS.CpuUsage) => process.cpuUsage(since)
  const began = spent()
  const answers = ask(results, (index) => ({
    one: [...index.series(({ cell }) => cell.size === 64 && cell.cores === 1)],
    last: [...index.series(undefined, 50)],
    all: [...index.series()].map(({ points }) => points.length),
    tests: index.tests(),
  }))
  const { user, system } = spent(began)
  expect(answers.one.map(({ points }) => points.length)).toEqual([runs])
  expect(answers.last.map(({ points }) => points.length)).toEqual(Array.from({ length: cells }, () => 50))
  expect(answers.all).toEqual(Array.from({ length: cells }, () => runs))
  expect(answers.tests.map(({ verdicts }) => verdicts.length)).toEqual(
    Array.from({ length: cells }, () => runs),
  )
  // The processor's time: that of the clock is the neighbours' too.
  expect((user + system) / 1e6).toBeLessThan(2)
})
