import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect } from '@playwright/test'
import { addBenchReport } from '../../../lab/record/bench-report.ts'
import { appendMeasurement, type Measurement } from '../../../lab/record/measurement.ts'
import { test } from './run-test.ts'

const receiveRate = (cores: number, value: number, about: Partial<Measurement> = {}): Measurement => ({
  schema: 1,
  at: '2026-11-25T12:00:00.000Z',
  suite: 'throughput',
  cell: { topology: 'bed', target: 'cpumap', frames: 'linear', mode: 'native', size: 64, cores },
  quantity: 'mrr',
  value,
  lower: value,
  upper: value,
  trials: 3,
  seconds: 3,
  method: {},
  ...about,
})
const textIn = async (picture: string) =>
  [...(await readFile(picture, 'utf8')).matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text!)

test('A run without figures has no picture', async ({ run }) => {
  expect(await addBenchReport(run)).toEqual([])
})

test('The rate of a cell is drawn as it was, and not with what was changed beside it', async ({ run }) => {
  appendMeasurement(run, receiveRate(1, 2e6))
  const alone = await addBenchReport(run).then(([picture]) => readFile(picture!, 'utf8'))
  appendMeasurement(run, receiveRate(1, 9e6, { suite: 'scaling', atLoad: '16 flows' }))
  const pictures = await addBenchReport(run)
  expect(pictures.map((path) => basename(path))).toEqual(['mrr.svg'])
  expect(await readFile(pictures[0]!, 'utf8')).toBe(alone)
})

test('What several CPUs share is drawn by their number, a line for each kind of core', async ({ run }) => {
  for (const cores of [1, 2, 4])
    appendMeasurement(
      run,
      receiveRate(cores, cores * 1e6, { atLoad: `${cores} target CPU${cores > 1 ? 's' : ''}` }),
    )
  for (const cores of [1, 2])
    appendMeasurement(
      run,
      receiveRate(cores, 1e6, { atLoad: `${cores} receive queue${cores > 1 ? 's' : ''}` }),
    )
  const pictures = await addBenchReport(run)
  expect(pictures.map((path) => basename(path))).toEqual(['scaling.svg'])
  const words = (await textIn(pictures[0]!)).join(' ')
  expect(words).toContain('cpumap, 64 bytes, target CPUs')
  expect(words).toContain('cpumap, 64 bytes, receive queues')
  expect(await readFile(join(run.allureResults, 'how-fast-result.json'), 'utf8')).toContain('scaling')
})

test('A bed that has one core only has no such picture', async ({ run }) => {
  const why = { value: null, lower: null, upper: null, invalid: 'enp1s0 has one receive queue' }
  appendMeasurement(run, receiveRate(2, 0, { ...why, atLoad: '2 receive queues' }))
  expect(await addBenchReport(run)).toEqual([])
})
