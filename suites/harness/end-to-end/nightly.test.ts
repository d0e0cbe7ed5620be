/** Nights of the virtual lab whose generator is dead from the beginning or dies on the way. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CellRecord } from '../../../lab/record/cell.ts'
import { expect, expectReadable, jsonLines, type Outcome, REPOSITORY, test } from './lab-command.ts'
import type { Process } from './belongings.ts'
import { nightIn } from './night.ts'
import { agentWith, framesFlow } from './traffic.ts'

/** Six loads of a second or more, three sizes of frames: some 15 s on a machine that has nothing else to do. */
const SELF_TEST_MS = 60_000

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
  const dying = async (all: readonly Process[]) => {
    if (cellsIn(results).length < 2 || !(await framesFlow(all))) return undefined
    return agentWith('t0', all)
  }
  await night.until('the end of the self-test', () => night.hasSaid('── functional ──'), SELF_TEST_MS)
  const generator = await night.until('frames of the third test', dying)
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
  const overview = failed.length > 0 ? ['What works on this driver'] : []
  expect(bad.map(({ name }) => name).sort()).toEqual(['The night', ...overview, ...failed].sort())
})
