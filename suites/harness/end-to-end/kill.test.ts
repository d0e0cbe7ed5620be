/** SIGKILL gives no process a chance to tidy up, so nothing may need tidying. */
import type { Process } from './belongings.ts'
import { expect, expectNothingLeft, type LabCommand, test } from './lab-command.ts'
import { framesFlow } from './traffic.ts'

const LONG = ['run', 'devmap', '--size', '64', '--frames-per-cell', '2000000', '--no-report']
const named = (name: string) => (processes: readonly Process[]) => processes.some((one) => one.name === name)

const MOMENTS: readonly (readonly [string, (lab: LabCommand) => Promise<unknown>])[] = [
  [
    'its namespaces are being made',
    (lab) => lab.until('a namespace', () => lab.belongings.namespaces.length > 0),
  ],
  ['its agents start', (lab) => lab.until('an XDP program', () => lab.belongings.programs.size > 0)],
  ['its collectors attach', (lab) => lab.until('bpftrace', named('bpftrace'))],
  ['frames flow', (lab) => lab.until('frames', framesFlow)],
]

for (const [moment, reached] of MOMENTS)
  test(`a run that is killed while ${moment} leaves nothing behind`, async ({ start }) => {
    const lab = start(LONG)
    await reached(lab)
    lab.kill('SIGKILL')
    await expectNothingLeft(lab)
  })

test('a run whose test runner is killed leaves nothing behind and says that it failed', async ({ start }) => {
  const lab = start(LONG)
  await lab.until('frames', framesFlow)
  const { pid } = (await lab.belongings.processes()).find(({ parent }) => parent === lab.pid)!
  process.kill(pid, 'SIGKILL')
  await expectNothingLeft(lab)
  const outcome = await lab.outcome
  expect(outcome.code).toBe(3)
  expect(outcome.stderr).toContain('the test runner was ended by SIGKILL')
})

test('a run whose worker is killed tells so and goes on with the next test', async ({ start }) => {
  const lab = start([
    'run',
    'devmap',
    '--size',
    '64',
    '--frames-per-cell',
    '300000',
    '--no-report',
    '--evidence',
    'light',
  ])
  const processes = await lab.until('frames', async (all) => ((await framesFlow(all)) ? all : undefined))
  const runner = processes.find(({ parent }) => parent === lab.pid)!
  const worker = processes.find(({ parent, name }) => parent === runner.pid && name === 'node')!
  process.kill(worker.pid, 'SIGKILL')
  const { code } = await lab.outcome
  expect(code).not.toBe(0)
  expect(lab.cells.map(({ verdict }) => verdict)).toEqual(['infra', 'ok'])
  await expectNothingLeft(lab)
})
