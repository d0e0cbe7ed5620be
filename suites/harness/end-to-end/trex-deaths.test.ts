/** A real TRex server that dies, hangs or loses its lab in the middle of a trial. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Process } from './belongings.ts'
import { expect, expectNothingLeft, expectReadable, type LabCommand, test } from './lab-command.ts'
import { framesFlow } from './traffic.ts'
import { LOCAL_TREX, skipWithoutTrex, trexServer, withTrex } from './trex.ts'

const NOTICED_MS = 3_000
/** Starting TRex takes CPU time, which others want too. */
const STARTED_MS = 60_000
const run = (frames: number) => [
  ...['run', 'devmap', '--topology', LOCAL_TREX, '--size', '64', '--mode', 'native'],
  ...['--frames-per-cell', String(frames), '--no-report', '--evidence', 'light'],
]

test.beforeEach(skipWithoutTrex)
test.describe.configure({ timeout: 3 * STARTED_MS })

async function untilTold(lab: LabCommand): Promise<number> {
  const start = performance.now()
  while (lab.cells.length === 0 && performance.now() - start < 2 * NOTICED_MS) await delay(20)
  return Math.round(performance.now() - start)
}

for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGINT'] as const)
  test(`a server that gets ${signal} in a trial is missed within 3 s, and the next run works`, async ({
    start,
  }) => {
    const lab = start(run(500_000), { within: withTrex() })
    const inTrial = async (all: readonly Process[]) => ((await framesFlow(all)) ? trexServer(all) : undefined)
    const server = await lab.until('frames', inTrial, STARTED_MS)
    process.kill(server.pid, signal)
    const ms = await untilTold(lab)
    test.info().annotations.push({ type: 'told after', description: `${ms} ms` })
    expect(ms).toBeLessThan(NOTICED_MS)
    expect(lab.cells).toMatchObject([
      { verdict: 'infra', message: expect.stringMatching(/^INFRA: generator: the TRex server /) as unknown },
    ])
    const outcome = await lab.outcome
    expectReadable(outcome)
    expect(outcome.stdout + outcome.stderr).toMatch(/the TRex server (has ended|does not answer)/)
    expect(outcome.code).toBe(3)
    await expectNothingLeft(lab)

    const next = await start(run(1_000), { within: withTrex() }).outcome
    expect(next.stdout).toContain('1 passed, 0 failed')
  })

test('a lab that is killed in a trial takes its server with it', async ({ start }) => {
  const lab = start(run(500_000), { within: withTrex() })
  await lab.until('frames', framesFlow, STARTED_MS)
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('redirect-lab-trex-'))
  const before = folders()
  lab.kill('SIGKILL')
  await expectNothingLeft(lab)
  // Those of the lab were among them, and others may have come.
  expect(folders().filter((name) => before.includes(name)).length, 'folders').toBeLessThan(before.length)
})
