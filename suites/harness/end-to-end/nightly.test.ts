/** Nights of the virtual lab: a short one, and those whose generator is dead from the beginning or dies on the way. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CellRecord } from '../../../lab/record/cell.ts'
import { NightRecord } from '../../../lab/record/night/night.ts'
import { expect, expectReadable, jsonLines, type Outcome, REPOSITORY, test } from './lab-command.ts'
import type { Process } from './belongings.ts'
import { framesFlow } from './traffic.ts'

/** The agents of a lab differ by the network namespace that they are in. */
function hasPort({ pid }: Process, port: string): boolean {
  try {
    const argv = ['--target', String(pid), '--net', 'ip', 'link', 'show', port]
    execFileSync('nsenter', argv, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Result {
  readonly name: string
  readonly status: string
  readonly statusDetails?: { readonly message?: string }
}

function nightIn(results: string) {
  const name = readdirSync(results).find((one) => existsSync(join(results, one, 'night.json')))!
  const folder = join(results, name)
  const allure = join(folder, 'allure-results')
  return {
    record: NightRecord.parse(JSON.parse(readFileSync(join(folder, 'night.json'), 'utf8'))),
    text: readFileSync(join(folder, 'night.txt'), 'utf8'),
    results: readdirSync(allure)
      .filter((file) => file.endsWith('-result.json'))
      .map((file) => JSON.parse(readFileSync(join(allure, file), 'utf8')) as Result),
  }
}

function cellsIn(results: string): CellRecord[] {
  const [run] = existsSync(results) ? readdirSync(results).filter((one) => one.includes('Z-')) : []
  const file = join(results, run ?? '', 'cells.jsonl')
  return run !== undefined && existsSync(file) ? (jsonLines(readFileSync(file, 'utf8')) as CellRecord[]) : []
}

/** One cause: one line of the summary, one status of the report, and nothing is said about the DUT. */
function expectOneInfra(outcome: Outcome, results: string, cause: RegExp): void {
  expectReadable(outcome)
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(3)
  const { record, text, results: told } = nightIn(results)
  expect(record.broken).toMatch(cause)
  expect(text.split('\n').filter((line) => line.startsWith('INFRA: ') && cause.test(line))).toHaveLength(1)
  expect(text).not.toMatch(/Broken|Slower|Could not be measured/)
  expect(told.filter(({ status }) => status !== 'passed' && status !== 'skipped')).toMatchObject([
    {
      name: 'The night',
      status: 'broken',
      statusDetails: { message: expect.stringMatching(/^INFRA: /) as unknown },
    },
  ])
}

test('A night whose TRex is not there is INFRA: one line, one status, within seconds', async ({
  lab,
  folder,
}) => {
  const topology = join(folder, 'no-trex.yaml')
  const text = readFileSync(join(REPOSITORY, 'topologies/local-trex.yaml'), 'utf8')
  writeFileSync(topology, text.replace('# path: /opt/trex/v3.08', 'path: /nowhere'))
  const results = join(folder, 'results')
  const outcome = await lab(['nightly', '--topology', topology, '--results', results, '--no-report'])
  expectOneInfra(outcome, results, /there is no TRex in \/nowhere/)
})

test('A night whose generator cannot be reached is INFRA, too', async ({ lab, folder }) => {
  const topology = join(folder, 'unreachable.yaml')
  writeFileSync(join(folder, 'known_hosts'), '')
  writeFileSync(
    topology,
    `name: unreachable
dut:
  host: { address: 127.0.0.1, port: 1, agent: true, knownHosts: known_hosts }
  ports: { ingress: { interface: d0 }, egress: { interface: d1 } }
generator:
  kind: soft
  host: { address: 127.0.0.1, port: 1, agent: true, knownHosts: known_hosts }
  ports: { a: { interface: t0 }, b: { interface: t1 } }
links:
  - [generator.a, dut.ingress]
  - [generator.b, dut.egress]
`,
  )
  const results = join(folder, 'results')
  const outcome = await lab(['nightly', '--topology', topology, '--results', results, '--no-report'])
  expectOneInfra(outcome, results, /127\.0\.0\.1/)
})

test('A soft generator that dies in the middle of a night costs the tests of that moment, told in one line, and no regression', async ({
  start,
  folder,
}) => {
  test.setTimeout(180_000)
  const results = join(folder, 'results')
  const night = start([
    ...['nightly', 'devmap', '--topology', 'topologies/local.yaml', '--parts', 'functional'],
    ...['--results', results, '--no-report'],
  ])
  const generator = await night.until('frames of the third test', async (all) => {
    if (cellsIn(results).length < 2 || !(await framesFlow(all))) return undefined
    return all.find((one) => one.name.startsWith('agent-') && hasPort(one, 't0'))
  })
  process.kill(generator.pid, 'SIGKILL')
  const outcome = await night.outcome
  expectReadable(outcome)
  const cells = cellsIn(results)
  // On a busy machine a claim about time may fail beside; it is not what is asked here.
  const failed = cells.filter(({ verdict }) => verdict === 'failed').map(({ title }) => title)
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(failed.length > 0 ? 1 : 3)
  const { record, text, results: told } = nightIn(results)
  const struck = cells.filter(({ verdict }) => verdict === 'infra')
  expect(struck.length).toBeGreaterThan(0)
  expect(text.match(/INFRA: /g), text).toHaveLength(1)
  for (const { title } of struck) expect(text).not.toContain(title)
  expect(text).not.toContain('Slower')
  expect(record.broken, 'the lab was opened again').toBeUndefined()
  expect(cells.at(-1)!.verdict).not.toBe('infra')
  const bad = told.filter(({ status }) => status === 'broken' || status === 'failed')
  expect(bad.map(({ name }) => name).sort()).toEqual(['The night', ...failed].sort())
})

test('A short night measures, judges and reports its cells, and the next one begins with what it left', async ({
  lab,
  folder,
}) => {
  test.setTimeout(180_000)
  const results = join(folder, 'results')
  const outcome = await lab([
    ...['nightly', 'devmap', '--parts', 'bench', '--budget', '40s', '--results', results],
  ])
  expectReadable(outcome)
  const { record, text, results: told } = nightIn(results)
  expect(record.figures.map(({ quantity }) => quantity)).toEqual(['pdr', 'mrr'])
  expect(record.figures.find(({ quantity }) => quantity === 'mrr')).toMatchObject({
    cell: { topology: 'local-bench', target: 'devmap', size: 64 },
    verdict: 'learning',
    runs: [expect.any(Number)],
  })
  expect(outcome.stdout).toContain(text.trim())
  expect(text).toContain('soft')
  expect(told.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['The night', 'devmap/linear/native/64/1@local-bench mrr']),
  )
  expect(existsSync(join(results, 'allure-history', 'local-bench', 'history.json'))).toBe(true)
})
