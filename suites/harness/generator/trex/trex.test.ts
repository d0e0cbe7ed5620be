/** The generator on a TRex that behaves as a real one does, faults included (device/), through the real client.py. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test as base } from '@playwright/test'
import type { Load, Mark, Offer, Profile } from '../../../../lab/generator/generator.ts'
import { openTrexGenerator, type TrexGenerator, type TrexOptions } from '../../../../lab/generator/trex.ts'
import { LocalHost } from '../../../../lab/remote/local-host.ts'
import { loadTopology } from '../../../../lab/topology/load.ts'
import { framesPerSecond, frameSize } from '../../../../lab/units/frame.ts'
import { IMIX } from '../../../../lab/units/mix.ts'
import { parseRate } from '../../../../lab/units/rate.ts'
import { seconds } from '../../../../lab/units/seconds.ts'

const INTERACTIVE = 'automation/trex_control_plane/interactive'
const LIBRARIES =
  'texttable-0.8.4 pyyaml-3.11 scapy-2.4.3 pyzmq-ctypes simpy-3.0.10 trex-openssl dpkt-1.9.1 repoze'
const MARK: Mark = { signature: 1, flows: 1, count: 1_000, verify: false, stampMask: 0 }
const LOAD: Load = { size: frameSize(64), frames: 'linear', count: 2_000, rate: framesPerSecond(10_000) }
const OFFER = { ...LOAD, from: 'a', to: ['b'] }
const CABLED = { a: '02:00:00:00:01:01', b: '02:00:00:00:01:02' }

const TOPOLOGY = (installation: string) => `name: device
dut: { host: { address: 192.0.2.1, agent: true }, ports: { ingress: { interface: d0 }, egress: { interface: d1 } } }
generator:
  kind: trex
  host: { address: 192.0.2.2, agent: true }
  path: ${installation}
  server: attach
  ports: { a: { pci: '0000:17:00.0' }, b: { pci: '0000:17:00.1' } }
links: [[generator.a, dut.ingress], [generator.b, dut.egress]]
`

interface Fixtures {
  /** Opens the generator on a device with these faults. */
  open: (faults?: Readonly<Record<string, unknown>>, options?: TrexOptions) => Promise<TrexGenerator>
}

const test = base.extend<Fixtures>({
  open: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-device-'))
    const installation = join(folder, 'trex')
    cpSync(join(import.meta.dirname, 'device'), join(installation, INTERACTIVE), { recursive: true })
    for (const library of LIBRARIES.split(' ')) {
      mkdirSync(join(installation, 'external_libs', library), { recursive: true })
      writeFileSync(join(installation, 'external_libs', library, 'here'), library)
    }
    const topology = join(folder, 'device.yaml')
    writeFileSync(topology, TOPOLOGY(installation))
    const before = { ...process.env }
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache')
    const host = new LocalHost('generator')
    const opened: TrexGenerator[] = []
    await use(async (faults = {}, options = {}) => {
      process.env['FAKE_TREX'] = JSON.stringify(faults)
      const generator = await openTrexGenerator(host, await loadTopology(topology), CABLED, options)
      opened.push(generator)
      return generator
    })
    for (const generator of opened) await generator.close()
    await host.close()
    process.env = before
    rmSync(folder, { recursive: true, force: true })
  },
})

async function trial(generator: TrexGenerator, offer: Offer = OFFER) {
  await generator.listen(MARK)
  const began = performance.now()
  const sent = await generator.send(offer, MARK)
  const arrivals = await generator.arrivals()
  const invalid = sent.invalid ?? (await generator.finish())
  return { sent, arrivals, invalid, ms: performance.now() - began }
}

test('A load is sent to the frame, received at the other port, and its latency is that of this load alone', async ({
  open,
}) => {
  const generator = await open()
  expect(generator.version).toBe('3.08')
  for (let again = 0; again < 2; again++) {
    const { sent, arrivals, invalid, ms } = await trial(generator)
    expect(sent).toMatchObject({ offered: 2_000, untold: ['content', 'order'] })
    expect(invalid).toBeUndefined()
    expect(arrivals['b']).toMatchObject({ frames: 2_000, bytes: 2_000 * 60, duplicates: 0, truncated: 0 })
    expect(arrivals['b']!.latency, 'of 100 latency frames').toEqual([[100_000, 100]])
    expect(arrivals['a']).toMatchObject({ frames: 0, latency: [] })
    test.info().annotations.push({ type: 'beyond the load', description: `${Math.round(ms - 200)} ms` })
    expect(ms - 200, 'time beyond the load’s own').toBeLessThan(500)
  }
})

test('Frames that the DUT loses are neither received nor the generator’s', async ({ open }) => {
  const { sent, arrivals, invalid } = await trial(await open({ lost: 30 }))
  // From each of its streams, latency frames too.
  expect([sent.offered, arrivals['b']!.frames, invalid]).toEqual([2_000, 1_940, undefined])
})

test('Everything lost is no perfect latency', async ({ open }) => {
  const { arrivals } = await trial(await open({ lost: 10_000 }))
  expect(arrivals['b']).toMatchObject({ frames: 0, latency: [] })
})

for (const { what, faults, says } of [
  {
    what: 'Frames lost in the ring of its own port',
    faults: { ringLoss: 5 },
    says: 'TRex lost 5 frames at its own port b, after they had arrived',
  },
  {
    what: 'A load that took twice its time',
    faults: { stretch: 2.5 },
    says: /^generator limit: TRex sent \d{4} frames a second, not 10000 \(its CPU was 96 % busy\)$/,
  },
  {
    what: 'A link that went down meanwhile',
    faults: { downAfter: 0.1 },
    says: 'the link of b went down meanwhile',
  },
])
  test(`${what} makes the trial invalid`, async ({ open }) => {
    // Where it is not about the rate a busy machine may keep it by taking longer.
    const offer = 'stretch' in faults ? OFFER : { ...OFFER, relaxed: true }
    const { invalid } = await trial(await open(faults), offer)
    if (typeof says === 'string') expect(invalid).toBe(says)
    else expect(invalid).toMatch(says)
  })

test('Ports whose link takes its time are waited for when the lab opens', async ({ open }) => {
  const generator = await open({ linkAfter: 3 })
  expect((await trial(generator)).invalid).toBeUndefined()
})

test('A port without a link until the deadline is named, with what to do', async ({ open }) => {
  test.setTimeout(60_000)
  const began = performance.now()
  await expect(open({ noLink: 1 })).rejects.toThrow(
    'generator: its port b still had no link after 15 s. See whether the cables are in, and the DUT’s ports up.',
  )
  expect(performance.now() - began, 'ms of waiting').toBeGreaterThan(15_000)
})

test('A link that goes down at a port that has no part in the load is no matter', async ({ open }) => {
  // The frames end on the DUT itself.
  const { invalid, sent } = await trial(await open({ downAfter: 0.1 }), { ...OFFER, relaxed: true, to: [] })
  expect([invalid, sent.offered]).toEqual([undefined, 2_000])
})

test('A link that was down before the load did not go down meanwhile', async ({ open }) => {
  const generator = await open({ downAfter: 0 })
  // From the first load on it is down: that trial is spoiled, the one after it is about a port that is down.
  expect((await trial(generator, { ...OFFER, relaxed: true })).invalid).toBe(
    'the link of b went down meanwhile',
  )
  expect((await trial(generator, { ...OFFER, relaxed: true })).invalid).toBeUndefined()
})

test('A load that TRex does not end in its time is stopped, and only what was sent counts', async ({
  open,
}) => {
  const generator = await open({ stretch: 30, endless: true })
  const { invalid, sent } = await trial(generator)
  // 2,000 frames at 10,000 a second have 0.2 s; they are stopped after 3 s, at a 30th of their rate.
  expect(sent.offered).toBeGreaterThan(900)
  expect(sent.offered).toBeLessThan(1_500)
  expect(invalid).toMatch(/^generator limit: TRex sent \d+ frames a second, not 10000/)
})

test('A load took the time that it was to take, where nothing was seen to contradict', async ({ open }) => {
  const { sent } = await trial(await open())
  expect(sent).toMatchObject({ offered: 2_000, durationNs: 200e6 })
})

test('A load that is halted ends at once, says so, and the next one is whole', async ({ open }) => {
  const generator = await open()
  const began = performance.now()
  const halted = expect(trial(generator, { ...OFFER, count: 600_000 })).rejects.toThrow(
    'generator: the load was stopped before its end.',
  )
  await delay(300)
  await generator.halt()
  await halted
  expect(performance.now() - began, 'of a minute').toBeLessThan(10_000)
  expect((await trial(generator)).sent.offered).toBe(2_000)
  await generator.halt()
  expect((await trial(generator)).sent.offered, 'with nothing to halt').toBe(2_000)
})

test('Frames too long for a port’s MTU count as sent, and are nobody’s damage', async ({ open }) => {
  const long = { ...OFFER, size: frameSize(4000), frames: 'non-linear' as const }
  const { sent, arrivals, invalid } = await trial(await open({ mtu: 1500 }), long)
  expect([sent.offered, invalid]).toEqual([2_000, undefined])
  expect(arrivals['b']).toMatchObject({ frames: 0, truncated: 0, duplicates: 0, latency: [] })
  const { arrivals: whole } = await trial(await open({ mtu: 3_982 }), long)
  expect(whole['b'], 'and pass where they just fit').toMatchObject({ frames: 2_000, truncated: 0 })
})

test('Frames longer than TRex sends are refused with the most that it does', async ({ open }) => {
  const generator = await open()
  await expect(trial(generator, { ...OFFER, size: frameSize(9_300), frames: 'non-linear' })).rejects.toThrow(
    'generator: TRex sends frames of at most 9238 bytes here, not 9300.',
  )
})

const profile = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'redirect-lab-profile-')), 'profile.py')
  writeFileSync(path, text)
  return path
}
/** Two streams without an end, of 60 and 1400 bytes without FCS; the first is counted in a group. */
const TWO = `from trex.stl.api import *
class Two(object):
    def get_streams(self, direction, tunables, **kwargs):
        small, large = [STLPktBuilder(b'x' * size, remove_fcs=False) for size in (60, 1400)]
        return [STLStream(small, STLTXCont(3000), STLFlowStats(7)), STLStream(large, STLTXCont(1000))]
def register():
    return Two()
`
const sent = (path: string, more: Partial<Profile> = {}) => ({
  ...OFFER,
  count: 1,
  relaxed: true,
  profile: { path, seconds: seconds(0.5), ...more },
})

test('A profile is sent for its time, and accounted for by what the ports count', async ({ open }) => {
  const generator = await open()
  const path = profile(TWO)
  expect(await generator.examine(path, 'a')).toEqual({ streams: 2, shortest: 64, longest: 1404, groups: [7] })
  const { sent: all, arrivals, invalid } = await trial(generator, sent(path))
  expect(all).toMatchObject({ offered: 2_000, untold: ['content', 'order', 'copies'] })
  expect(invalid).toBeUndefined()
  expect(arrivals['b']).toMatchObject({ frames: 2_000, bytes: 1_500 * 60 + 500 * 1_400, truncated: 0 })
  expect(arrivals['a']!.frames).toBe(0)
  expect(generator.log()).toContain('packet group 7: 1500 sent, 1500 received at b')
})

test('The rate of a profile is that of all its streams together', async ({ open }) => {
  const generator = await open()
  const { sent: all } = await trial(generator, sent(profile(TWO), { rate: parseRate('8kpps') }))
  expect(all.offered).toBe(4_000)
})

test('Of a profile a loss is counted, and another length is told where nothing is lost', async ({ open }) => {
  const lossy = await trial(await open({ lost: 30 }), sent(profile(TWO)))
  expect(lossy.arrivals['b']).toMatchObject({ frames: 1_970, truncated: 0 })
  const cut = await trial(await open({ cut: 2 }), sent(profile(TWO)))
  expect(cut.arrivals['b']).toMatchObject({ frames: 2_000, truncated: 1 })
})

for (const { what, text, says } of [
  {
    what: 'fails',
    text: 'def register():\n  return nothing_here\n',
    says: "the profile fails: NameError: name 'nothing_here'",
  },
  {
    what: 'has no streams',
    text: TWO.replace(/return \[.*/, 'return []'),
    says: 'the profile has no streams for this port',
  },
  {
    what: 'ends its reader',
    text: 'import sys\nsys.exit(4)\n',
    says: 'ends the program that reads it: exit code 4',
  },
])
  test(`A profile that ${what} is refused with its name and the reason, and the next one works`, async ({
    open,
  }) => {
    const generator = await open()
    const path = profile(text)
    await expect(generator.examine(path, 'a')).rejects.toThrow(`${path}: `)
    await expect(generator.examine(path, 'a')).rejects.toThrow(says)
    expect((await generator.examine(profile(TWO), 'a')).streams).toBe(2)
  })

test('A mix of sizes is sent part by part, and each part is known by its own length', async ({ open }) => {
  const generator = await open()
  const mixed = { ...OFFER, size: frameSize(1518), count: 1_200, mix: IMIX }
  const { sent: all, arrivals, invalid } = await trial(generator, mixed)
  expect([all.offered, invalid]).toEqual([1_200, undefined])
  const bytes = 700 * 60 + 400 * 566 + 100 * 1_514
  expect(arrivals['b']).toMatchObject({ frames: 1_200, bytes, truncated: 0, duplicates: 0 })
})

test('Of a load that changes its rate it is told how long frames are lost after that, to a window', async ({
  open,
}) => {
  const generator = await open({ lost: 30, recovers: 0.0075 })
  const then = { after: 2_000, rate: framesPerSecond(5_000) }
  const { sent: all, arrivals, invalid } = await trial(generator, { ...OFFER, count: 3_000, then })
  expect(all).toMatchObject({ offered: 3_000, durationNs: 400e6, thenDurationNs: 200e6 })
  expect([arrivals['b']!.frames, invalid]).toEqual([3_000 - 30 - 37, undefined])
  const { b } = await generator.losses({ from: 2_000, whole: 50 })
  expect(b, 'the windows there are of 5 frames').toEqual({
    before: 30,
    during: 37,
    end: 2_040,
    within: 4,
    later: 0,
  })
})

test('A rate that does not matter may be kept by taking longer', async ({ open }) => {
  const generator = await open({ stretch: 2.5 })
  expect((await trial(generator, { ...OFFER, relaxed: true })).invalid).toBeUndefined()
})

const LONG = { ...OFFER, count: 100_000 }

test('Ports that are taken in the middle of a load are said to be so, with the name of who did', async ({
  open,
}) => {
  const generator = await open({ thief: 'bob' })
  await expect(generator.send(LONG, MARK)).rejects.toThrow(
    'generator: bob has taken its port a in the middle of a trial.',
  )
})

test('A server that no longer answers is missed within 2 s, in the middle of a load', async ({ open }) => {
  const generator = await open({ hangAfter: 0.3 })
  const began = performance.now()
  await expect(generator.send(LONG, MARK)).rejects.toThrow('generator: the TRex server does not answer.')
  const ms = Math.round(performance.now() - began - 300)
  test.info().annotations.push({ type: 'missed after', description: `${ms} ms` })
  expect(ms).toBeLessThan(2_000)
  await expect(generator.arrivals(), 'nor later').rejects.toThrow('does not answer')
})

test('A server that was restarted is not taken for the one before', async ({ open }) => {
  const generator = await open({ restarted: true })
  await expect(generator.send(LONG, MARK)).rejects.toThrow('was restarted meanwhile')
})

test('Ports that somebody holds are refused with his name, and taken when asked', async ({ open }) => {
  await expect(open({ owner: 'bob' })).rejects.toThrow('generator: its ports are held by bob.')
  const generator = await open({ owner: 'bob' }, { takeOver: true })
  expect((await trial(generator)).sent.offered).toBe(2_000)
})

test('A server in another mode than stateless is refused', async ({ open }) => {
  await expect(open({ mode: 'ASTF' })).rejects.toThrow('runs in the mode ASTF, not stateless')
})

test('Between trials a server that hangs is missed, too', async ({ open }) => {
  const generator = await open({ hangAfter: 0.5 })
  await trial(generator)
  await delay(3_000)
  const began = performance.now()
  await expect(generator.arrivals()).rejects.toThrow('does not answer')
  expect(performance.now() - began, 'ms of waiting').toBeLessThan(100)
})
