/** A real TRex before DUTs of known behaviour: one that is far too slow, one that loses frames for a known time. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redirect } from '../../../lab/dut/redirect.ts'
import { type Lab, openLab } from '../../../lab/measure/lab.ts'
import { runRecovery } from '../../../lab/measure/recovery.ts'
import { mtuOf, runTrial } from '../../../lab/measure/trial.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { framesPerSecond, frameSize } from '../../../lab/units/frame.ts'
import { expect, test } from './lab-command.ts'
import { compile, recovering, TOO_SLOW } from './own-program.ts'
import { LOCAL_TREX, skipWithoutTrex } from './trex.ts'

const SIZE = frameSize(64)
const LOAD = { size: SIZE, frames: 'linear' } as const
/** The DUT has a CPU to itself: else TRex waits for it while it sends. */
const TUNING = `
tuning:
  napi: { threaded: true, fifo: 50, cpus: { ingress: 1, egress: 1, third: 1 } }
  generatorCpus: [0]
`

test.beforeEach(skipWithoutTrex)

async function withDut(
  folder: string,
  program: string,
  work: (lab: Lab, redirect: Redirect) => Promise<void>,
): Promise<void> {
  const topology = join(folder, 'trex-dut.yaml')
  writeFileSync(
    topology,
    readFileSync(LOCAL_TREX, 'utf8').replace('name: local-trex', 'name: trex-dut') + TUNING,
  )
  const lab = await openLab(await loadTopology(topology))
  try {
    await lab.setMtu(mtuOf({ size: SIZE }))
    const redirect = await Redirect.start(lab.dut, {
      target: 'devmap',
      frames: 'linear',
      mode: 'native',
      program: await compile(folder, 'dut', program),
    })
    try {
      await work(lab, redirect)
    } finally {
      await redirect.stop()
    }
  } finally {
    await lab.close()
  }
}

test('a frame that the DUT’s ring has refused is offered again by the kernel, and is no loss', async ({
  folder,
}) => {
  await withDut(folder, TOO_SLOW, async (lab, redirect) => {
    const count = 10_000
    const rate = framesPerSecond(50_000)
    for (let again = 0; again < 2; again++) {
      const { ledger } = await runTrial(
        lab,
        redirect,
        { ...LOAD, count, rate, relaxed: true },
        { evidence: 'light' },
      )
      expect(ledger).toMatchObject({
        offered: count,
        received: count,
        lost: [],
        unexplained: 0,
      })
    }
    const refused = await lab.hosts.generator.run(['cat', '/sys/class/net/t0/statistics/tx_dropped'])
    expect(Number(refused), 'frames refused').toBeGreaterThan(0)
  })
})

test('how long frames are lost after an overload is told to the window in which the last was lost', async ({
  folder,
}) => {
  // A second of overload, and 37 frames after it: 7.4 ms.
  await withDut(folder, recovering(10_000, 37), async (lab, redirect) => {
    const rates = { overload: framesPerSecond(10_000), reduced: framesPerSecond(5_000) }
    const { ns, withinNs, losses, invalid, trial } = await runRecovery(lab, { ...LOAD, redirect }, rates)
    expect(invalid).toBeUndefined()
    expect(losses).toEqual({ before: 5_000, during: 37, end: 10_040, within: 4, later: 0 })
    expect([ns, withinNs]).toEqual([8e6, 0.8e6])
    expect(trial.trial.ledger).toMatchObject({
      lost: [{ stage: 'program', reason: 'XDP_DROP', count: 5_037 }],
      unexplained: 0,
    })
  })
})
