/**
 * Run by name. A generator that outruns the DUT: millions of frames are lost at several stages at once, and the
 * ledger closes to the frame.
 */
import { claimAccounted } from '../fixtures/claims.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { outrun, RECEIVING_CPU, SENDING_CPU } from '../fixtures/outrun.ts'
import { expect, test } from '../fixtures/test.ts'
import { runOptions } from '../lab/cli/run-options.ts'
import { socketOf } from '../lab/dut/redirect.ts'
import type { Stage } from '../lab/measure/reasons.ts'
import { frameSize } from '../lab/units/frame.ts'
import type { Target } from '../lab/units/redirect.ts'

const FRAMES = runOptions()?.framesPerCell ?? 10_000_000
const SIZE = frameSize(64)
/** A generator that is not outrunning anything loses less. */
const LOST_AT_LEAST = 0.1

/** Stages at which each target loses when the CPU that does all the DUT's work is too slow. */
const LOSING: Readonly<Record<Target, readonly Stage[]>> = {
  devmap: ['ingress', 'flush'],
  'devmap-hash': ['ingress', 'flush'],
  ifindex: ['ingress', 'flush'],
  // The queue to the other CPU, and the port after it.
  cpumap: ['ingress', 'flush'],
  // The ring of the socket, whose reader shares its CPU with the generator.
  xskmap: ['ingress', 'redirect'],
}

for (const [target, stages] of Object.entries(LOSING) as [Target, readonly Stage[]][])
  test(
    `${target}: of frames that come faster than the DUT can take them, each that is lost has a name`,
    { tag: tagsOf({ frames: 'linear', mode: 'native' }) },
    async ({ bed }) => {
      const { driver } = bed.lab.dut.ports['ingress']!
      test.skip(driver !== 'veth', `which queues overflow is known of veth, not of ${driver}`)
      test.skip(bed.lab.dut.cpus < 2, 'the generator and the DUT need a CPU each')
      const redirect = await bed.redirect({
        target,
        frames: 'linear',
        mode: 'native',
        cpu: RECEIVING_CPU,
        ...(target === 'xskmap' ? { fill: false } : {}),
      })
      if (target === 'xskmap') {
        const socket = { interface: bed.interface('ingress'), queue: 0, frags: false, cpu: SENDING_CPU }
        await bed.openSocket(socketOf(0), { ...socket, rxSize: 64 })
        await redirect.object.set('targets', { key: 0, xsk: socketOf(0) })
      }
      const trial = await outrun(bed.lab, () =>
        bed.trial(
          redirect,
          { size: SIZE, frames: 'linear', count: FRAMES, cpu: SENDING_CPU },
          { evidence: 'light' },
        ),
      )
      await claimAccounted(trial)
      const { due, received, lost } = trial.ledger
      await test.step('frames are lost at several stages at once', () => {
        const losing = new Set(lost.map(({ stage }) => stage))
        expect(
          stages.filter((stage) => !losing.has(stage)),
          'stages that should lose, and did not',
        ).toEqual([])
        expect(due - received, 'frames lost').toBeGreaterThan(due * LOST_AT_LEAST)
        expect(received, 'frames that arrived all the same').toBeGreaterThan(0)
      })
    },
  )
