import { expect, test as base } from '@playwright/test'
import { Bpftrace } from '../../../lab/evidence/bpftrace.ts'
import { Unsupported } from '../../../lab/remote/unsupported.ts'
import { BpftraceDevice } from './bpftrace-device.ts'

const PROBES = new Set([
  'xdp_redirect',
  'xdp_redirect_err',
  'xdp_exception',
  'xdp_devmap_xmit',
  'xdp_cpumap_enqueue',
  'xdp_cpumap_kthread',
])
const NOTHING = {
  probes: {},
  redirects: [],
  exceptions: [],
  devmapXmits: [],
  cpumapEnqueues: [],
  cpumapKthreads: [],
  devmapBulks: {},
  cpumapBulks: {},
  stacks: [],
}

const test = base.extend<{ device: BpftraceDevice; bpftrace: Bpftrace }>({
  device: async ({}, use) => use(new BpftraceDevice()),
  bpftrace: async ({ device }, use) => {
    const bpftrace = await Bpftrace.start(device, PROBES, 'full', [7])
    await use(bpftrace)
    await bpftrace.stop()
  },
})

test('bpftrace runs its script under the guard, as JSON, and with room for many keys', ({
  device,
  bpftrace,
}) => {
  expect(device.argv.slice(0, 2)).toEqual(['env', 'BPFTRACE_MAP_KEYS_MAX=16384'])
  expect(device.argv.slice(2)).toEqual(['bpftrace', '-f', 'json', '-e', bpftrace.script])
})

test('What was counted before the first trial belongs to none', async ({ device }) => {
  device.count('@redirect', [1, 7, 9, 3, 0, 0], 500)
  const bpftrace = await Bpftrace.start(device, PROBES, 'full', [7])
  expect(await bpftrace.collect()).toEqual(NOTHING)
})

test('A trial is what the maps grew by since the last one', async ({ device, bpftrace }) => {
  device.count('@redirect', [1, 7, 9, 3, 0, 0], 100)
  expect((await bpftrace.collect()).redirects).toMatchObject([{ frames: 100 }])
  device.count('@redirect', [1, 7, 9, 3, 0, 0], 25)
  expect((await bpftrace.collect()).redirects).toMatchObject([{ frames: 25 }])
  expect(await bpftrace.collect()).toEqual(NOTHING)
})

test('Answers of xdp_do_redirect() come by program, ports, map, key and errno', async ({
  device,
  bpftrace,
}) => {
  device.count('@redirect', [1, 7, 9, 3, 5, 0], 10)
  device.count('@redirect', [1, 7, 9, 3, 5, -100], 2)
  expect((await bpftrace.collect()).redirects).toEqual([
    { program: 1, ifindex: 7, toIfindex: 9, map: 3, key: 5, errno: 0, frames: 10 },
    { program: 1, ifindex: 7, toIfindex: 9, map: 3, key: 5, errno: 100, frames: 2 },
  ])
})

test('Exceptions come by program, action and port', async ({ device, bpftrace }) => {
  device.count('@exception', [1, 0, 7], 3)
  expect((await bpftrace.collect()).exceptions).toEqual([{ program: 1, action: 0, ifindex: 7, frames: 3 }])
})

test('A port’s bulks come with what was sent and dropped of them, errors apart', async ({
  device,
  bpftrace,
}) => {
  // Ports in the halves of one number; sent, dropped and errno in another.
  const ports = 7n * 2n ** 32n + 9n
  for (const [errno, sent, drops] of [
    [0, 16, 0],
    [0, 10, 6],
    [6, 0, 16],
  ] as const)
    device.count('@devmap', [String(ports), sent * 2 ** 32 + drops * 65_536 + errno])
  const observed = await bpftrace.collect()
  expect(observed.devmapXmits).toEqual([
    { fromIfindex: 7, toIfindex: 9, errno: 0, bulks: 2, sent: 26, drops: 6 },
    { fromIfindex: 7, toIfindex: 9, errno: 6, bulks: 1, sent: 0, drops: 16 },
  ])
  expect(observed.devmapBulks).toEqual({ 16: 3 })
  expect(observed.probes).toEqual({ 'xdp:xdp_devmap_xmit': 3 })
})

test('A cpumap’s bulks come by map and CPU, and their sizes over all maps', async ({ device, bpftrace }) => {
  for (const [map, processed, drops] of [
    [3, 8, 2],
    [3, 5, 0],
    [4, 8, 0],
  ] as const) {
    device.count('@enqueue', [map, 0, 1, processed, drops])
  }
  const observed = await bpftrace.collect()
  expect(observed.cpumapEnqueues).toEqual([
    { map: 3, cpu: 0, toCpu: 1, bulks: 2, processed: 13, drops: 2 },
    { map: 4, cpu: 0, toCpu: 1, bulks: 1, processed: 8, drops: 0 },
  ])
  expect(observed.cpumapBulks).toEqual({ 5: 1, 8: 2 })
})

test('What a CPU took out of its queue comes with what became of it', async ({ device, bpftrace }) => {
  device.count('@kthread', [3, 1, 8, 1, 2, 1, 4])
  device.count('@kthread', [3, 1, 5, 0, 0, 2, 3])
  expect((await bpftrace.collect()).cpumapKthreads).toEqual([
    { map: 3, cpu: 1, processed: 13, drops: 1, pass: 2, drop: 3, redirect: 7 },
  ])
})

test('Hits of probes come by the name that the kernel’s document uses', async ({ device, bpftrace }) => {
  device.count('@probe', ['tracepoint:xdp:xdp_exception'], 4)
  expect((await bpftrace.collect()).probes).toEqual({ 'xdp:xdp_exception': 4 })
})

test('Events that bpftrace lost are added up', async ({ device, bpftrace }) => {
  device.print({ type: 'lost_events', data: { events: 5 } })
  device.print({ type: 'lost_events', data: { events: 2 } })
  await bpftrace.collect()
  expect(bpftrace.lostEvents).toBe(7)
})

test('Stacks of lost frames come by event, errno or action, and path, the innermost function first', async ({
  device,
  bpftrace,
}) => {
  const path = '\n    xdp_do_redirect+560\n    veth_xdp_rcv_one+525\n'
  device.count('@stack', ['tracepoint:xdp:xdp_redirect_err', -100, path], 5)
  device.count('@stack_xmit', ['tracepoint:xdp:xdp_devmap_xmit', 0, '\n    bq_xmit_all+299\n'], 16)
  expect((await bpftrace.collect()).stacks).toEqual([
    {
      probe: 'xdp_redirect_err',
      code: 100,
      frames: 5,
      stack: ['xdp_do_redirect+560', 'veth_xdp_rcv_one+525'],
    },
    { probe: 'xdp_devmap_xmit', code: 0, frames: 16, stack: ['bq_xmit_all+299'] },
  ])
})

test('Lines that are no evidence are passed over', async ({ device, bpftrace }) => {
  for (const line of [
    'Attaching 6 probes...',
    '{"type":"printf","data":"x"}',
    '{',
    '{"type":"map","data":{"@hist":[1]}}',
  ])
    device.print(line)
  expect(await bpftrace.collect()).toEqual(NOTHING)
})

test('A map that is full makes no evidence, for keys may be missing', async ({ device, bpftrace }) => {
  for (let key = 0; key < 16_384; key++) device.count('@redirect', [1, 7, 9, 3, key, 0])
  const collected = bpftrace.collect()
  await expect(collected).rejects.toThrow(Unsupported)
  await expect(collected).rejects.toThrow('map @redirect is full (16384 keys)')
})

test('A bpftrace that cannot attach is unsupported, with its own words and where to look', async ({
  device,
}) => {
  device.refuses = 'ERROR: tracepoint not found: xdp:xdp_exception\n'
  const error = await Bpftrace.start(device, PROBES, 'light', [7]).catch((reason: unknown) => reason as Error)
  expect(error).toBeInstanceOf(Unsupported)
  expect((error as Error).message.split('\n')).toEqual([
    'bpftrace on dut cannot be had: it ended with exit code 1',
    'ERROR: tracepoint not found: xdp:xdp_exception',
    '`lab doctor` tells what is missing there.',
  ])
})

test('A bpftrace that dies between trials fails the next one, and is not waited for', async ({
  device,
  bpftrace,
}) => {
  device.die('killed by the OOM killer\n', 137)
  await expect(bpftrace.collect()).rejects.toThrow('it ended with exit code 137\nkilled by the OOM killer')
})

test('A stopped bpftrace was killed', async ({ device }) => {
  const bpftrace = await Bpftrace.start(device, PROBES, 'light', [7])
  await bpftrace.stop()
  expect(device.signals).toEqual(['USR1', 'KILL'])
})

test('A bpftrace that prints no maps fails after 5 s and not later', async ({ device, bpftrace }) => {
  device.silent = true
  await expect(bpftrace.collect()).rejects.toThrow('it did not print its maps within 5000 ms')
})
