/** A benchmark that is interrupted keeps what it has finished, and goes on from there. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Measurement } from '../../../lab/record/measurement.ts'
import { TrialRecord } from '../../../lab/record/trial-record.ts'
import { expect, expectNothingLeft, expectReadable, jsonLines, test } from './lab-command.ts'
import { agentWith } from './traffic.ts'

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

test('A bench whose generator dies says that the lab broke, and nothing of the DUT', async ({ start }) => {
  const bench = start(['bench', 'devmap', '--suite', 'loss', '--no-report'])
  const trials = () => linesOf(bench.folder ?? '', 'trials.jsonl').length
  const generator = await bench.until('the third trial', (all) =>
    trials() < 2 ? undefined : agentWith('t0', all),
  )
  process.kill(generator.pid, 'SIGKILL')
  const outcome = await bench.outcome
  expectReadable(outcome)
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(3)
  expect(outcome.stdout).toMatch(/INFRA: generator: .*the agent is gone/)
  expect(bench.cells.map(({ verdict }) => verdict)).toEqual(['infra'])
  expect(measured(bench.folder!)).toEqual([])
  await expectNothingLeft(bench, { but: 'node' })
})

/** What each suite that measures says of a cell. */
const FIGURES = {
  throughput: ['ndr', 'pdr', 'mrr'],
  scaling: ['mrr'],
  cost: ['cost-ns', 'drop-ns', 'tx-ns'],
  latency: ['latency-min', 'latency-median', 'latency-p99', 'latency-p999', 'latency-max'],
  loss: ['loss-ratio'],
  recovery: ['recovery'],
} as const

test('Each suite that measures has its figures of a cell, each with a value, bounds, or why it has none', async ({
  start,
}) => {
  test.setTimeout(300_000)
  const suites = Object.keys(FIGURES).flatMap((suite) => ['--suite', suite])
  const bench = start(['bench', 'devmap', '--sizes', '64', ...suites, '--budget', '40s', '--no-report'])
  const outcome = await bench.outcome
  expectReadable(outcome)
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0)
  const figures = measured(bench.folder!)
  for (const [suite, quantities] of Object.entries(FIGURES)) {
    const own = figures.filter((figure) => figure.suite === suite)
    expect([...new Set(own.map(({ quantity }) => quantity))]).toEqual(expect.arrayContaining([...quantities]))
    for (const { quantity, value, lower, upper, irregular, unfinished, invalid } of own)
      expect(
        value ?? lower ?? upper ?? irregular ?? unfinished ?? invalid,
        `${quantity} says nothing`,
      ).toBeDefined()
  }
  const trials = linesOf(bench.folder!, 'trials.jsonl').map((line) => TrialRecord.parse(line))
  expect(trials.length).toBeGreaterThan(40)
  expect(trials[0]!.suite, 'the first').toBe('throughput')
  const { value, lower } = figures.find(
    ({ suite, quantity }) => suite === 'throughput' && quantity === 'pdr',
  )!
  const pdr = value ?? lower
  const half = trials.filter(({ suite, purpose }) => suite === 'latency' && purpose === '50 % of PDR')
  expect(half).toHaveLength(3)
  if (pdr !== null)
    for (const { rate } of half) expect(rate, 'half of what was found').toBeCloseTo(pdr / 2, 3)
  expect(trials.filter(({ unexplained, invalid }) => unexplained !== 0 && invalid === undefined)).toEqual([])
})
