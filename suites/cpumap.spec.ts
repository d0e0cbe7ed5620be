/** CPUMAP: another CPU takes the frame, and hands it to its stack, drops it, or redirects it onward. */
import { setTimeout as delay } from 'node:timers/promises'
import { claimAccounted, claimLost, claimStackDelivers, claimWhole } from '../fixtures/claims.ts'
import { modestLoad } from '../fixtures/loads.ts'
import { KINDS, redirectsEveryFrame, tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'

redirectsEveryFrame('cpumap')

const QUEUE_SIZES = [8, 64, 512, 16_384]
const RECREATIONS = 20

for (const cell of KINDS) {
  const { frames, mode, size } = cell
  const load = modestLoad(frames, size)
  const where = `${frames}, ${mode}`
  const tag = tagsOf(cell)

  test(`every CPU of the DUT takes frames, ${where}`, { tag }, async ({ bed }) => {
    for (let cpu = 0; cpu < bed.lab.dut.cpus; cpu++) {
      const redirect = await bed.redirect({ target: 'cpumap', frames, mode, cpu })
      const trial = await bed.trial(redirect, load)
      await claimWhole(trial)
      const takers = trial.evidence.observation.cpumapKthreads.filter(({ processed }) => processed > 0)
      expect(new Set(takers.map((taker) => taker.cpu)), 'CPUs that took frames').toEqual(new Set([cpu]))
      await redirect.stop()
    }
  })

  test(`flows spread over all CPUs stay in order, ${where}`, { tag }, async ({ bed }) => {
    const { cpus } = bed.lab.dut
    const redirect = await bed.redirect({
      target: 'cpumap',
      frames,
      mode,
      cpu: 0,
      constants: { spread: cpus },
    })
    for (let cpu = 1; cpu < cpus; cpu++) await redirect.setCpu(cpu)
    await claimWhole(await bed.trial(redirect, { ...load, flows: 8 * cpus }))
  })

  test(
    `without a program on the entry the stack of that CPU gets every frame, ${where}`,
    { tag },
    async ({ bed }) => {
      const redirect = await bed.redirect({ target: 'cpumap', frames, mode, fill: false })
      await redirect.setCpu(redirect.cpu, { program: false })
      await bed.forwardByStack()
      await claimStackDelivers(await bed.trial(redirect, load, { stackDelivers: true }))
    },
  )

  test(
    `a program on the entry that passes leaves every frame to the stack, ${where}`,
    { tag },
    async ({ bed }) => {
      const redirect = await bed.redirect({ target: 'cpumap', frames, mode, constants: { cpu_action: 2 } })
      await bed.forwardByStack()
      const trial = await bed.trial(redirect, load, { stackDelivers: true })
      await claimStackDelivers(trial)
      expect(trial.answers.cpu.PASS, 'frames that the program passed').toBe(trial.offered)
    },
  )

  test(`a program on the entry that drops drops every frame, ${where}`, { tag }, async ({ bed }) => {
    const redirect = await bed.redirect({ target: 'cpumap', frames, mode, constants: { cpu_action: 1 } })
    await claimLost(await bed.trial(redirect, load), 'cpu', 'XDP_DROP')
  })

  test(
    `queues of ${QUEUE_SIZES.join(', ')} frames lose at most what they name as full, ${where}`,
    { tag },
    async ({ bed }) => {
      for (const queueSize of QUEUE_SIZES) {
        const redirect = await bed.redirect({ target: 'cpumap', frames, mode, fill: false })
        await redirect.setCpu(redirect.cpu, { queueSize })
        // As fast as it goes: the shorter queues overflow.
        const trial = await bed.trial(redirect, { size, frames, count: 5000 })
        await claimAccounted(trial)
        const reasons = new Set(trial.ledger.lost.map(({ stage, reason }) => `${stage}: ${reason}`))
        const allowed = mode === 'native' ? 'flush: queue full' : 'redirect: ENOSPC'
        expect(
          [...reasons].filter((reason) => reason !== allowed),
          'other reasons than a full queue',
        ).toEqual([])
        await redirect.stop()
      }
    },
  )

  test(
    `an entry deleted and made again under traffic loses nothing without a name, ${where}`,
    { tag },
    async ({ bed }) => {
      const redirect = await bed.redirect({ target: 'cpumap', frames, mode })
      const during = async () => {
        for (let i = 0; i < RECREATIONS; i++) {
          await redirect.object.delete('targets', redirect.cpu)
          await redirect.setCpu(redirect.cpu)
          await delay(5)
        }
      }
      const trial = await bed.trial(
        redirect,
        { ...load, count: frames === 'linear' ? 30_000 : 10_000 },
        { during },
      )
      await claimAccounted(trial)
      expect(trial.ledger.received, 'frames that found the entry').toBeGreaterThan(0)
    },
  )
}
