/** XSKMAP: the frame goes to an AF_XDP socket in user space, which checks it to its last byte. */
import { setTimeout as delay } from 'node:timers/promises'
import { claimAccounted, claimLost, claimWhole } from '../fixtures/claims.ts'
import { loadToChangeUnder, modestLoad } from '../fixtures/loads.ts'
import { KINDS, redirectsEveryFrame, tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'
import { socketOf } from '../lab/dut/redirect.ts'
import { AgentFailed } from '../lab/remote/agent-failed.ts'
import { EOPNOTSUPP } from '../lab/units/errno.ts'

redirectsEveryFrame('xskmap')

/** The port of the bed with more than one queue. */
const MANY_QUEUES = 'third'
const MIDST_MS = 10

for (const cell of KINDS) {
  const { frames, mode, size } = cell
  const frags = frames === 'non-linear'
  const load = modestLoad(frames, size)
  const where = `${frames}, ${mode}`
  const tag = tagsOf(cell)

  test(`each queue of a port delivers to its own socket, ${where}`, { tag }, async ({ bed }) => {
    const { interface: name, rxQueues } = bed.port(MANY_QUEUES)
    const redirect = await bed.redirect({ target: 'xskmap', frames, mode, from: MANY_QUEUES, fill: false })
    for (let queue = 0; queue < rxQueues; queue++) {
      await bed.openSocket(socketOf(queue), { interface: name, queue, frags })
      await redirect.object.set('targets', { key: queue, xsk: socketOf(queue) })
    }
    // A veth port receives in the queue of the CPU that sends (veth_select_rxq, drivers/net/veth.c).
    for (let queue = 0; queue < rxQueues; queue++) {
      const trial = await bed.trial(redirect, { ...load, cpu: queue })
      await claimWhole(trial)
      const received = Object.entries(await bed.sockets.byName()).filter(([, account]) => account.frames > 0)
      const byName = received.map(([socket, account]) => [socket, account.frames])
      // Above the driver the queue is what the skb remembers of it, which on veth may be none.
      const socket = mode === 'native' ? socketOf(queue) : received[0]?.[0]
      expect(byName, 'frames by socket').toEqual([[socket, trial.offered]])
    }
  })

  test(
    `a frame larger than a chunk ${frags ? 'is refused by a socket without XDP_USE_SG' : 'is no question for one that fits'}, ${where}`,
    { tag },
    async ({ bed }) => {
      const redirect = await bed.redirect({ target: 'xskmap', frames, mode, fill: false })
      await bed.openSocket(socketOf(0), { interface: bed.interface('ingress'), queue: 0, frags: false })
      await redirect.object.set('targets', { key: 0, xsk: socketOf(0) })
      const trial = await bed.trial(redirect, { ...load, count: 1000 })
      if (frags) await claimLost(trial, 'redirect', 'ENOSPC')
      else await claimWhole(trial)
    },
  )

  test(`a socket closed under traffic loses nothing without a name, ${where}`, { tag }, async ({ bed }) => {
    const redirect = await bed.redirect({ target: 'xskmap', frames, mode })
    const during = async () => {
      await delay(MIDST_MS)
      await bed.sockets.close(socketOf(0))
    }
    const trial = await bed.trial(redirect, loadToChangeUnder(frames, size), { during })
    await claimAccounted(trial)
    const missed = trial.ledger.lost.filter(({ reason }) => reason === 'XDP_ABORTED')
    expect(
      missed.map(({ stage }) => stage),
      'frames that found no socket',
    ).toEqual(['program'])
    expect(trial.ledger.received, 'frames that found it').toBeGreaterThan(0)
  })
}

test(
  'zero copy works, or is refused with EOPNOTSUPP by a driver without it',
  { tag: ['@linear', '@native'] },
  async ({ bed }) => {
    const redirect = await bed.redirect({ target: 'xskmap', frames: 'linear', mode: 'native', fill: false })
    const socket = { interface: bed.interface('ingress'), queue: 0, frags: false, mode: 'zerocopy' } as const
    const refused = await bed.openSocket(socketOf(0), socket).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (refused !== undefined) {
      expect(refused, 'why the socket was refused').toBeInstanceOf(AgentFailed)
      expect((refused as AgentFailed).errno, 'errno of the refusal').toBe(EOPNOTSUPP)
      test
        .info()
        .annotations.push({ type: 'refused', description: `zero copy: ${(refused as AgentFailed).message}` })
      return
    }
    await redirect.object.set('targets', { key: 0, xsk: socketOf(0) })
    await claimWhole(await bed.trial(redirect, modestLoad('linear', KINDS[0]!.size)))
  },
)
