import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import { Redirect } from '../../../lab/dut/redirect.ts'
import { Bpftrace } from '../../../lab/evidence/bpftrace.ts'
import { BulkCounter } from '../../../lab/evidence/bulk-counter.ts'
import { findProbes } from '../../../lab/evidence/probes.ts'
import { openLab } from '../../../lab/measure/lab.ts'
import { mtuOf, runTrial } from '../../../lab/measure/trial.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { frameSize } from '../../../lab/units/frame.ts'
import { test } from '../remote/agent-device.ts'

const path = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url))
const BURSTS = [16, 5]

test('The agent’s program and bpftrace count the same bulks, trial by trial', async () => {
  const lab = await openLab(await loadTopology(path('topologies/local.yaml')))
  try {
    const { host } = lab.dut
    await lab.setMtu(mtuOf({ size: frameSize(64) }))
    const ifindexes = Object.values(lab.dut.ports).map((port) => port.ifindex)
    const redirect = await Redirect.start(lab.dut, {
      target: 'devmap',
      frames: 'linear',
      mode: 'native',
      program: path('fixtures/programs/build/devmap.bpf.o'),
    })
    const bpftrace = await Bpftrace.start(host, await findProbes(host), 'light', ifindexes)
    try {
      for (const burst of BURSTS) {
        const load = { size: frameSize(64), frames: 'linear', count: 1000, burst } as const
        const { evidence } = await runTrial(lab, redirect, load, { evidence: 'light' })
        const { devmapXmits, devmapBulks, probes } = await bpftrace.collect()
        expect(evidence.observation).toMatchObject({ devmapXmits, devmapBulks })
        expect(evidence.observation.probes['xdp:xdp_devmap_xmit']).toBe(probes['xdp:xdp_devmap_xmit'])
        expect(devmapXmits.reduce((sum, { sent }) => sum + sent, 0)).toBe(1000)
        expect(Object.keys(devmapBulks)).toContain(String(burst))
      }
    } finally {
      await bpftrace.stop()
      await redirect.stop()
    }
  } finally {
    await lab.close()
  }
})

test('A kernel built without types leaves the bulks to bpftrace', async ({ agent }) => {
  expect(await BulkCounter.start(agent, [7])).toBeUndefined()
})
