import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { NoSide, readSide } from '../../../../lab/record/compare/read-side.ts'
import { measure, outcome } from './machines.ts'
import { store, storeBaseline } from './stored.ts'

const test = base.extend<{ results: string }>({
  results: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-compare-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

const THREE = measure('run', { speed: { 64: 1e6, 512: 9e5 }, cells: [outcome('one', 'ok')] }, 3)
const bare = ({ suite, title, verdict }: { suite: string; title: string; verdict: string }) => ({
  suite,
  title,
  verdict,
})

test('A folder of runs is all runs in it, and nothing else that lies there', ({ results }) => {
  store(results, THREE)
  mkdirSync(join(results, 'benchmarks'))
  writeFileSync(join(results, 'notes.txt'), 'none of it')
  symlinkSync('run-3', join(results, 'latest'))
  const { side, paths, unread } = readSide(results, '/nowhere')
  expect(side.runs.map(({ name }) => name)).toEqual(['run-1', 'run-2', 'run-3'])
  for (const [index, run] of side.runs.entries()) {
    const { environment, measurements, cells } = THREE.runs[index]!
    expect(run).toMatchObject({ environment, measurements })
    expect(run.cells.map(bare)).toEqual(cells.map(bare))
  }
  expect(paths).toHaveLength(3)
  expect(unread).toEqual([])
})

test('A run is found by its folder, by its name under results, and as the latest', ({ results }) => {
  store(results, THREE)
  symlinkSync('run-2', join(results, 'latest'))
  const read = [join(results, 'run-2'), 'run-2', 'latest'].map((called) => readSide(called, results))
  for (const { side, paths } of read) {
    expect(side.runs).toMatchObject([{ name: 'run-2' }])
    expect(paths).toEqual(read[0]!.paths)
  }
  expect(read.map(({ side }) => side.name)).toEqual([join(results, 'run-2'), 'run-2', 'latest'])
})

test('A baseline file is one run', ({ results }) => {
  const file = storeBaseline(join(results, 'local.json'), THREE)
  const { side } = readSide(file, '/nowhere')
  const [run] = THREE.runs
  expect(side.runs).toEqual([{ ...run, cells: run!.cells.map((cell) => ({ about: null, ...cell })) }])
})

test('A damaged line is left out and told, the others count', ({ results }) => {
  store(results, THREE)
  appendFileSync(join(results, 'run-1/measurements.jsonl'), '{"schema":1,"at":"2026')
  appendFileSync(join(results, 'run-1/cells.jsonl'), 'no json\n[]\n')
  const { side, unread } = readSide(join(results, 'run-1'), '/nowhere')
  expect(side.runs).toMatchObject([{ measurements: [{}, {}], cells: [{}] }])
  expect(unread).toEqual([
    `${results}/run-1/cells.jsonl: 2 lines are damaged or cut short, and left out`,
    `${results}/run-1/measurements.jsonl: 1 line is damaged or cut short, and left out`,
  ])
})

test('What is no side is refused by name, with what was expected', ({ results }) => {
  const refused = (called: string, message: string) => {
    expect(() => readSide(called, results)).toThrow(NoSide)
    expect(() => readSide(called, results)).toThrow(message)
  }
  refused(
    'lost',
    `there is no run, folder of runs or baseline lost: none of that name here, none in ${results}`,
  )
  mkdirSync(join(results, 'empty'))
  refused('empty', 'holds no run: a run’s folder has cells.jsonl or measurements.jsonl')
  const file = join(results, 'broken.json')
  const accepted = { at: '2026-11-25T08:00:00.000Z', by: 'somebody', why: 'the first' }
  writeFileSync(file, '{"schema":1')
  refused(file, `${file} is no baseline: `)
  writeFileSync(
    file,
    JSON.stringify({
      schema: 1,
      accepted,
      run: 'x',
      environment: {},
      cells: [{ suite: 5 }],
      measurements: [],
    }),
  )
  refused(file, `${file} is no baseline: cells.0.suite: `)
  writeFileSync(file, JSON.stringify({ schema: 2 }))
  refused(file, `${file} was written by a newer version of redirect-lab (schema 2; this one reads 1)`)
})
