/** A DUT and a generator that are reached by address, as real machines are. */
import { expect, expectReadable } from './lab-command.ts'
import { keyPair } from './machines.ts'
import { test } from './machines-test.ts'
import { framesFlow } from './traffic.ts'

const run = (topology: string, ...more: string[]) => [
  'run',
  'devmap',
  '--size',
  '64',
  '--no-report',
  '--topology',
  topology,
  ...more,
]

test('a DUT reached by address passes, and is left as it was found', async ({ lab, machines }) => {
  const found = [await machines.state('dut'), await machines.state('generator')]
  const outcome = await lab(run(machines.topology()), { within: machines.within('controller') })
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout).toContain('2 passed, 0 failed')
  expect(outcome.code).toBe(0)
  expect([await machines.state('dut'), await machines.state('generator')]).toEqual(found)
})

test('a DUT whose controller is killed puts itself back', async ({ start, machines }) => {
  const found = [await machines.state('dut'), await machines.state('generator')]
  const lab = start(run(machines.topology(), '--frames-per-cell', '2000000'), {
    within: machines.within('controller'),
  })
  await lab.until('frames', () => framesFlow(machines.processes()))
  expect([await machines.state('dut'), await machines.state('generator')]).not.toEqual(found)
  lab.kill('SIGKILL')
  await expect
    .poll(async () => [await machines.state('dut'), await machines.state('generator')], {
      timeout: 2_000,
      intervals: [20],
    })
    .toEqual(found)
  await expect.poll(() => machines.processes().map(({ name }) => name), { timeout: 2_000 }).toEqual([])
})

test('a DUT that answers with another host key is not spoken to', async ({ lab, machines }) => {
  await keyPair(machines.folder, 'former')
  machines.know('former')
  const outcome = await lab(run(machines.topology()), { within: machines.within('controller') })
  machines.know('dut')
  expectReadable(outcome)
  expect(outcome.stderr).toContain(
    'dut (root@10.77.0.2 port 2222) cannot be reached: its host key has changed',
  )
  expect(outcome.stderr).toContain('ssh-keygen -R')
  expect(outcome.code).toBe(3)
})

test('a port that the DUT does not have is a mistake at a line of the topology', async ({
  lab,
  machines,
}) => {
  const topology = machines.topology((text) => text.replace('interface: d1', 'interface: d7'))
  const outcome = await lab(run(topology), { within: machines.within('controller') })
  expectReadable(outcome)
  expect(outcome.stderr).toBe(
    `${topology}:6:26: dut.ports.egress.interface: the DUT has no port d7; \`lab doctor\` lists what it has\n`,
  )
  expect(outcome.code).toBe(2)
})

test('a DUT that is lost in the middle of a run ends it within seconds, saying so', async ({
  start,
  machines,
}) => {
  const lab = start(run(machines.topology(), '--frames-per-cell', '2000000'), {
    within: machines.within('controller'),
  })
  await lab.until('frames', () => framesFlow(machines.processes()))
  const lost = performance.now()
  machines.killSshd('dut')
  const outcome = await lab.outcome
  test
    .info()
    .annotations.push({ type: 'ended after', description: `${Math.round(performance.now() - lost)} ms` })
  expect(performance.now() - lost).toBeLessThan(10_000)
  expectReadable(outcome)
  expect(outcome.stdout + outcome.stderr).toMatch(/dut: .*connection/)
  expect(outcome.code).toBe(3)
})
