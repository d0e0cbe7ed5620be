/** Loads of the soft generator that are ended before their last frame, on the kernel's own frames. */
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import type { Mark } from '../../../lab/generator/generator.ts'
import { openLab } from '../../../lab/measure/lab.ts'
import { mtuOf } from '../../../lab/measure/trial.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { type FrameKind, framesPerSecond, frameSize } from '../../../lab/units/frame.ts'
import { test } from '../remote/agent-device.ts'

const TOPOLOGY = fileURLToPath(new URL('../../../topologies/local.yaml', import.meta.url))
const MARK: Mark = { signature: 1, flows: 1, count: 1_000_000, verify: false, stampMask: 0 }

test('A load that is halted ends at once, says so, and the next one is whole', async () => {
  const lab = await openLab(await loadTopology(TOPOLOGY))
  try {
    const { generator, cables } = lab
    await lab.setMtu(mtuOf({ size: frameSize(9000) }))
    for (const [frames, size] of [
      ['linear', 64],
      ['non-linear', 9000],
    ] as const satisfies [FrameKind, number][]) {
      const offer = { frames, size: frameSize(size), from: cables['ingress']!, to: [] }
      await generator.listen(MARK)
      const began = performance.now()
      const halted = expect(
        generator.send({ ...offer, count: MARK.count, rate: framesPerSecond(10_000) }, MARK),
      ).rejects.toThrow('generator: the load was stopped before its end.')
      await delay(300)
      await generator.halt()
      await halted
      expect(performance.now() - began, 'of 100 s').toBeLessThan(10_000)
      expect(await generator.send({ ...offer, count: 500 }, MARK)).toMatchObject({ offered: 500 })
      await generator.halt()
      expect(await generator.send({ ...offer, count: 500 }, MARK)).toMatchObject({ offered: 500 })
    }
  } finally {
    await lab.close()
  }
})
