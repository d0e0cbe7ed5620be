/** A run that is told to end keeps what it has finished, and lets go of everything else. */
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, expectNothingLeft, expectReadable, type LabCommand, test } from './lab-command.ts'

const SIGNALS = [
  ['Ctrl-C, which reaches the whole process group,', 130, (lab: LabCommand) => lab.killGroup('SIGINT')],
  ['SIGINT to the command alone', 130, (lab: LabCommand) => lab.kill('SIGINT')],
  ['SIGTERM', 143, (lab: LabCommand) => lab.kill('SIGTERM')],
] as const

for (const [what, expected, send] of SIGNALS)
  test(`${what} ends a run with exit code ${expected}, keeping its finished cells`, async ({ start }) => {
    const lab = start(['run', 'devmap', '--size', '64', '--frames-per-cell', '200000', '--evidence', 'light'])
    await lab.until('a finished cell', () => lab.cells.length === 1)
    send(lab)
    await expectNothingLeft(lab, { but: 'node' })
    const outcome = await lab.outcome
    expect(await lab.belongings.left()).toEqual([])
    expectReadable(outcome)
    expect(outcome.stderr).toBe('')
    expect(outcome.code).toBe(expected)
    expect(outcome.stdout).toContain(
      `Interrupted. 1 finished cell is kept in ${lab.folder}; \`lab report ${basename(lab.folder!)}\` makes the report.`,
    )
    expect(lab.cells.map(({ verdict, received }) => [verdict, received])).toEqual([['ok', 200_000]])
  })

test('a second Ctrl-C does not keep a run from tidying up', async ({ start }) => {
  const lab = start([
    'run',
    'devmap',
    '--size',
    '64',
    '--frames-per-cell',
    '2000000',
    '--no-report',
    '--evidence',
    'light',
  ])
  await lab.until('bpftrace', (processes) => processes.some(({ name }) => name === 'bpftrace'))
  lab.killGroup('SIGINT')
  await delay(20)
  lab.killGroup('SIGINT')
  await expectNothingLeft(lab, { but: 'node' })
  expect((await lab.outcome).code).toBe(130)
  expect(await lab.belongings.left()).toEqual([])
})
