/** A benchmark that is interrupted keeps what it has finished, and goes on from there. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Measurement } from '../../../lab/record/measurement.ts'
import { expect, expectNothingLeft, expectReadable, jsonLines, test } from './lab-command.ts'

/** Two cells of a few seconds each. */
const TWO_CELLS = ['bench', 'devmap', '--sizes', '64,128', '--suite', 'back-to-back', '--budget', '40s']

const linesOf = (folder: string, name: string): unknown[] => {
  const file = join(folder, name)
  return existsSync(file) ? jsonLines(readFileSync(file, 'utf8')) : []
}
const measured = (folder: string): Measurement[] =>
  linesOf(folder, 'measurements.jsonl').map((line) => Measurement.parse(line))

test('An interrupted bench keeps its finished cells, and --resume measures the others and no more', async ({
  start,
  lab,
}) => {
  test.setTimeout(90_000)
  const bench = start([...TWO_CELLS, '--no-report'])
  const trials = () => linesOf(bench.folder ?? '', 'trials.jsonl').length
  await bench.until('trials of the first cell', () => trials() > 0)
  await bench.until('half of its trials', () => trials() > 20)
  await bench.until('a finished cell', () => measured(bench.folder!).length === 1)
  bench.killGroup('SIGINT')
  await expectNothingLeft(bench, { but: 'node' })
  const { folder } = bench
  const name = basename(folder!)
  const interrupted = await bench.outcome
  expectReadable(interrupted)
  expect(interrupted.code).toBe(130)
  expect(interrupted.stdout).toContain(`\`lab bench --resume ${name}\` goes on`)
  expect(interrupted.stdout).toContain('longest burst without loss')
  const [first, ...others] = measured(folder!)
  expect(others).toEqual([])
  expect(first!.cell).toMatchObject({ target: 'devmap', size: 64 })

  const resumed = await lab(['bench', '--resume', name, '--no-report'])
  expectReadable(resumed)
  expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0)
  const [before, after, ...more] = measured(folder!)
  expect(before).toEqual(first)
  expect(after!.cell).toMatchObject({ target: 'devmap', size: 128 })
  expect(more).toEqual([])
  expect(resumed.stdout).toContain('1 passed, 0 failed')
})

test('What was never begun cannot be resumed, and the message says what can', async ({ lab }) => {
  const outcome = await lab(['bench', '--resume', 'no-such-run'])
  expectReadable(outcome)
  expect(outcome.code).toBe(2)
  expect(outcome.stderr).toContain('name the folder of a run that was interrupted')
})
