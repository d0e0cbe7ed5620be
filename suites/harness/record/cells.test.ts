import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { brokenLab, noteBrokenLab } from '../../../lab/record/broken-lab.ts'
import { bulkAverage, type CellRecord, cellOutcome, NO_OUTCOME } from '../../../lab/record/cell.ts'
import {
  appendCell,
  readCells,
  type RunFolder,
  runFolder,
  writeSummary,
} from '../../../lab/record/run-folder.ts'
import { InvalidTopology } from '../../../lab/topology/invalid-topology.ts'
import { trialOf } from '../measure/trials.ts'

const NATIVE = { target: 'devmap', mode: 'native' } as const
const WHOLE: CellRecord = {
  ...cellOutcome(trialOf(NATIVE)),
  suite: 'devmap',
  table: true,
  title: 'every frame arrives',
  verdict: 'ok',
}
const LOSSY: CellRecord = {
  ...cellOutcome(trialOf(NATIVE, { redirect: { ENETDOWN: 10 } }, { frames: 991 })),
  suite: 'devmap',
  table: true,
  title: 'a title with "quotes",\nlines and 帧',
  verdict: 'failed',
  message: 'LOST: 9 of 1000 frames did not arrive',
}
const SKIPPED: CellRecord = {
  ...NO_OUTCOME,
  suite: 'xskmap',
  title: 'zero copy',
  table: false,
  verdict: 'skipped',
}

const test = base.extend<{ run: RunFolder }>({
  run: async ({}, use) => {
    const path = await mkdtemp(join(tmpdir(), 'run-'))
    await use(runFolder(path))
    await rm(path, { recursive: true })
  },
})

test('Cells are read as they were written, in their order', async ({ run }) => {
  for (const cell of [WHOLE, LOSSY, SKIPPED]) appendCell(run, cell)
  expect(await readCells(run)).toEqual({ cells: [WHOLE, LOSSY, SKIPPED], damaged: 0, newer: 0 })
})

test('A cell is on disk as soon as it is written, in one line', async ({ run }) => {
  appendCell(run, LOSSY)
  const text = await readFile(join(run.path, 'cells.jsonl'), 'utf8')
  expect(text.split('\n')).toHaveLength(2)
  expect(text).toMatch(/\n$/)
})

test('A line cut short by a crash is left out and counted', async ({ run }) => {
  appendCell(run, WHOLE)
  await appendFile(join(run.path, 'cells.jsonl'), JSON.stringify(LOSSY).slice(0, -20))
  expect(await readCells(run)).toEqual({ cells: [WHOLE], damaged: 1, newer: 0 })
})

for (const [what, line] of [
  ['of a schema before the first', { ...WHOLE, schema: 0 }],
  ['without a schema', { ...WHOLE, schema: undefined }],
  ['without a verdict', { ...WHOLE, verdict: undefined }],
  ['with a count that is no number', { ...WHOLE, received: '1000' }],
  ['with half a frame', { ...WHOLE, received: 999.5 }],
  ['with a stage that is none', { ...WHOLE, lost: [{ stage: 'nowhere', reason: 'x', count: 1 }] }],
  ['that is no object', 'ok'],
] as const)
  test(`A line ${what} is left out and counted, and those around it are kept`, async ({ run }) => {
    appendCell(run, WHOLE)
    await appendFile(join(run.path, 'cells.jsonl'), `${JSON.stringify(line)}\n`)
    appendCell(run, SKIPPED)
    expect(await readCells(run)).toEqual({ cells: [WHOLE, SKIPPED], damaged: 1, newer: 0 })
  })

test('A line of a newer version is left out and counted as such', async ({ run }) => {
  appendCell(run, WHOLE)
  await appendFile(join(run.path, 'cells.jsonl'), `${JSON.stringify({ schema: 2, what: 'is new' })}\n`)
  expect(await readCells(run)).toEqual({ cells: [WHOLE], damaged: 0, newer: 1 })
})

test('A run that has no cells yet has none, and none is damaged', async ({ run }) => {
  expect(await readCells(run)).toEqual({ cells: [], damaged: 0, newer: 0 })
  await writeFile(join(run.path, 'cells.jsonl'), '\n\n')
  expect(await readCells(run)).toEqual({ cells: [], damaged: 0, newer: 0 })
})

test('A cell keeps what became of every frame', () => {
  expect(LOSSY).toMatchObject({
    cell: { target: 'devmap', frames: 'linear', mode: 'native', size: 64 },
    offered: 1000,
    received: 991,
    lost: [{ stage: 'redirect', reason: 'ENETDOWN', count: 10 }],
    unexplained: -1,
  })
})

test('The rate is of the gaps between frames; one frame alone has none', () => {
  expect(cellOutcome(trialOf({ ...NATIVE, offered: 1000 })).rate).toBe(100_000)
  expect(cellOutcome(trialOf({ ...NATIVE, offered: 1 })).rate).toBeNull()
})

test('The latency is the median of those frames that were timed, as the floor of its bucket', () => {
  const latency = (buckets: [number, number][]) =>
    cellOutcome(trialOf(NATIVE, {}, { latency: buckets })).latencyNs
  expect(latency([[1000, 5]])).toBe(1000)
  expect(
    latency([
      [1000, 5],
      [2000, 5],
      [4000, 1],
    ]),
  ).toBe(2000)
  expect(
    latency([
      [1000, 1],
      [2000, 1],
      [90_000, 7],
    ]),
  ).toBe(90_000)
  expect(latency([])).toBeNull()
  expect(latency([[1000, 0]])).toBeNull()
})

test('The average bulk is of frames over events, of the map that the target has', () => {
  const trial = trialOf(NATIVE)
  const withBulks = (target: 'devmap' | 'cpumap') => {
    const observation = { ...trial.evidence.observation, devmapBulks: { 16: 3, 4: 1 }, cpumapBulks: { 8: 2 } }
    return { ...trial, redirect: { ...trial.redirect, target }, evidence: { ...trial.evidence, observation } }
  }
  expect(bulkAverage(withBulks('devmap'))).toBe(13)
  expect(bulkAverage(withBulks('cpumap'))).toBe(8)
  expect(bulkAverage(trial)).toBeNull()
})

test('The cause that a lab broke of is kept with its exit code, and a run without one has none', async ({
  run,
}) => {
  expect(brokenLab(run.path)).toBeUndefined()
  noteBrokenLab(run.path, new Error('dut cannot be reached'))
  expect(brokenLab(run.path)).toEqual({ exitCode: 3, message: 'dut cannot be reached' })
  noteBrokenLab(run.path, new InvalidTopology([]))
  expect(brokenLab(run.path)?.exitCode).toBe(2)
  await writeFile(join(run.path, 'broken.json'), '{"exitCode":')
  expect(brokenLab(run.path)).toBeUndefined()
})

test('The summary of a run is JSON', async ({ run }) => {
  writeSummary(run, { passed: 3, failed: 1, skipped: 0 })
  expect(JSON.parse(await readFile(join(run.path, 'summary.json'), 'utf8'))).toEqual({
    passed: 3,
    failed: 1,
    skipped: 0,
  })
})
