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

test('A folder of runs is all runs in it, and nothing else that lies there', async ({ results }) => {
  store(results, THREE)
  mkdirSync(join(results, 'benchmarks'))
  writeFileSync(join(results, 'notes.txt'), 'none of it')
  symlinkSync('run-3', join(results, 'latest'))
  const { side, paths, unread } = await readSide(results, '/nowhere')
  expect(side.runs.map(({ name }) => name)).toEqual(['run-1', 'run-2', 'run-3'])
  for (const [index, run] of side.runs.entries()) {
    const { environment, measurements, cells } = THREE.runs[index]!
    expect(run).toMatchObject({ environment, measurements })
    expect(run.cells.map(bare)).toEqual(cells.map(bare))
  }
  expect(paths).toHaveLength(3)
  expect(unread).toEqual([])
})

test('A run is found by its folder, by its name under results, and as the latest', async ({ results }) => {
  store(results, THREE)
  symlinkSync('run-2', join(results, 'latest'))
  const read = await Promise.all(
    [join(results, 'run-2'), 'run-2', 'latest'].map((called) => readSide(called, results)),
  )
  for (const { side, paths } of read) {
    expect(side.runs).toMatchObject([{ name: 'run-2' }])
    expect(paths).toEqual(read[0]!.paths)
  }
  expect(read.map(({ side }) => side.name)).toEqual([join(results, 'run-2'), 'run-2', 'latest'])
})

test('A baseline file is one run', async ({ results }) => {
  const file = storeBaseline(join(results, 'local.json'), THREE)
  const { side } = await readSide(file, '/nowhere')
  expect(side.runs).toEqual([THREE.runs[0]])
})

test('A damaged line is left out and told, the others count', async ({ results }) => {
  store(results, THREE)
  appendFileSync(join(results, 'run-1/measurements.jsonl'), '{"schema":1,"at":"2026')
  appendFileSync(join(results, 'run-1/cells.jsonl'), 'no json\n[]\n')
  const { side, unread } = await readSide(join(results, 'run-1'), '/nowhere')
  expect(side.runs).toMatchObject([{ measurements: [{}, {}], cells: [{}] }])
  expect(unread).toEqual([
    `${results}/run-1/cells.jsonl: 2 damaged or cut short, and left out`,
    `${results}/run-1/measurements.jsonl: 1 damaged or cut short, and left out`,
  ])
})

test('What is no side is refused by name, with what was expected', async ({ results }) => {
  const refused = async (called: string, message: string) => {
    const error: unknown = await readSide(called, results).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NoSide)
    expect((error as NoSide).message).toContain(message)
  }
  await refused(
    'lost',
    `there is no run, folder of runs or baseline lost: none of that name here, none in ${results}`,
  )
  mkdirSync(join(results, 'empty'))
  await refused('empty', 'holds no run: a run’s folder has cells.jsonl or measurements.jsonl')
  const file = join(results, 'broken.json')
  writeFileSync(file, '{"schema":1')
  await refused(file, `${file} is no baseline: `)
  writeFileSync(
    file,
    JSON.stringify({ schema: 1, run: 'x', environment: {}, cells: [{ suite: 5 }], measurements: [] }),
  )
  await refused(file, `${file} is no baseline: cells.0.suite: `)
  writeFileSync(file, JSON.stringify({ schema: 2 }))
  await refused(file, `${file} is no baseline: schema: `)
})
