/** Hosts that are made out of network namespaces, wired and reached by SSH. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test as base } from '@playwright/test'
import type { Hosts } from '../../../lab/provider/hosts.ts'
import { openHosts } from '../../../lab/provider/open-hosts.ts'
import type { Host } from '../../../lab/remote/host.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import type { Topology } from '../../../lab/topology/schema.ts'
import { Belongings } from '../end-to-end/belongings.ts'

const LOCAL = fileURLToPath(new URL('../../../topologies/local.yaml', import.meta.url))
const HELD_LAB = fileURLToPath(new URL('held-lab.ts', import.meta.url))
const GONE_MS = 2_000
/** The kernel takes a namespace down after its last process has ended, in a thread of its own. */
const KERNEL_MS = 1_000

interface Link {
  readonly ifname: string
  readonly ifindex: number
  readonly link_index?: number
  readonly operstate: string
  readonly mtu: number
  readonly num_tx_queues: number
  readonly num_rx_queues: number
}

interface Fixtures {
  topology: Topology
  open: (topology?: Topology) => Promise<Hosts>
}

const test = base.extend<Fixtures>({
  topology: async ({}, use) => use((await loadTopology(LOCAL)).topology),
  open: async ({ topology }, use) => {
    test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
    const opened: Hosts[] = []
    await use(async (one = topology) => {
      const hosts = await openHosts(one)
      opened.push(hosts)
      return hosts
    })
    for (const hosts of opened) await hosts.close()
  },
})

async function linksOf(host: Host): Promise<Link[]> {
  const links = JSON.parse(await host.run(['ip', '-json', '-details', 'link'])) as Link[]
  return links.filter(({ ifname }) => ifname !== 'lo')
}

test('each port is at the other end of the cable that the topology names', async ({ open, topology }) => {
  const { dut, generator } = await open()
  const [here, there] = [await linksOf(dut), await linksOf(generator)]
  const cables = here.map(({ ifname, link_index }) => [
    there.find(({ ifindex }) => ifindex === link_index)?.ifname,
    ifname,
  ])
  const declared = topology.links.map((link) => {
    const [a, b] = link as readonly [`generator.${string}`, `dut.${string}`]
    return [topology.generator.ports[a.slice(10)]!.interface, topology.dut.ports[b.slice(4)]!.interface]
  })
  expect(cables).toEqual(declared)
  expect([...here, ...there].map(({ operstate }) => operstate)).toEqual(Array(6).fill('UP'))
})

test('the ports of a DUT are as a driver makes them, and those of the generator take every frame', async ({
  open,
}) => {
  const { dut, generator } = await open()
  expect((await linksOf(dut)).map(({ mtu }) => mtu)).toEqual([1500, 1500, 1500])
  expect(Math.min(...(await linksOf(generator)).map(({ mtu }) => mtu))).toBeGreaterThanOrEqual(9000)
})

test('no port of two labs has the ifindex of another', async ({ open }) => {
  const labs = await Promise.all([open(), open()])
  const links = await Promise.all(labs.flatMap(({ dut, generator }) => [linksOf(dut), linksOf(generator)]))
  const indexes = links.flat().map(({ ifindex }) => ifindex)
  expect(indexes).toHaveLength(12)
  expect(new Set(indexes).size).toBe(12)
})

test('a lab has only its own ports, and no frame of another reaches it', async ({ open }) => {
  const [one, other] = await Promise.all([open(), open()])
  expect((await linksOf(one.dut)).map(({ ifname }) => ifname)).toEqual(['d0', 'd1', 'd2'])
  const spaces = await Promise.all(
    [one, other].flatMap(({ dut, generator }) => [dut, generator].map(namespaceOf)),
  )
  expect(new Set(spaces).size).toBe(4)
  await one.generator.run(['ip', 'address', 'add', '192.0.2.1/24', 'dev', 't0'])
  await one.generator.run(['bash', '-c', 'echo >/dev/udp/192.0.2.2/9'])
  await delay(300)
  const heard = async (host: Host) =>
    Number((await host.run(['cat', '/sys/class/net/d0/statistics/rx_packets'])).trim())
  expect(await heard(one.dut)).toBeGreaterThan(0)
  expect(await heard(other.dut)).toBe(0)
})

test('a port that is left alone is silent: no IPv6, no address, no frame', async ({ open }) => {
  const { dut, generator } = await open()
  const silence = async (host: Host) => ({
    addresses: (await host.run(['ip', '-oneline', 'address']))
      .split('\n')
      .filter((line) => line !== '' && !line.includes(' lo ')),
    sent: await host.run(['sh', '-c', 'cat /sys/class/net/[dt]*/statistics/tx_packets | sort -u']),
  })
  await delay(300)
  expect(await silence(dut)).toEqual({ addresses: [], sent: '0\n' })
  expect(await silence(generator)).toEqual({ addresses: [], sent: '0\n' })
})

test('nothing listens on a host: its sshd talks over a pipe', async ({ open }) => {
  const { dut, generator } = await open()
  for (const host of [dut, generator]) expect(await host.run(['ss', '-Hlntuwx'])).toBe('')
  expect(await dut.run(['printenv', 'SSH_CLIENT']), 'who asks, as sshd says').not.toBe('')
})

test('tracepoints and BPF file system are there, as on a machine', async ({ open }) => {
  const { dut } = await open()
  expect(await dut.run(['ls', '/sys/kernel/tracing/events/xdp'])).toContain('xdp_redirect_err')
  expect(await dut.run(['stat', '-f', '-c', '%T', '/sys/fs/bpf'])).toBe('bpf_fs\n')
  expect(await dut.run(['ls', '/sys/class/net'])).toBe('d0\nd1\nd2\nlo\n')
})

test('a shell on a host reads nothing of whoever runs the lab, which may take its time or print something', async ({
  open,
}) => {
  const { dut } = await open()
  expect((await dut.run(['getent', 'passwd', 'root'])).trim().split(':').at(-1)).toBe('/bin/sh')
})

test('of a thousand commands that end as soon as they begin, none loses its exit code or its output', async ({
  open,
}) => {
  const { dut, generator } = await open()
  for (let round = 0; round < 250; round++) {
    const said = await Promise.all([dut, generator, dut, generator].map((host) => host.run(['echo', 'done'])))
    expect(said).toEqual(['done\n', 'done\n', 'done\n', 'done\n'])
  }
})

test('a port has as many queues as the topology says', async ({ open, topology }) => {
  const { ingress, egress } = topology.dut.ports
  const ports = {
    ingress: { ...ingress!, queues: 4 },
    egress: egress!,
    third: { interface: 'd2', queues: 2 },
  }
  const { dut } = await open({ ...topology, dut: { ...topology.dut, ports } })
  const links = await linksOf(dut)
  expect(links.map(({ num_rx_queues, num_tx_queues }) => [num_rx_queues, num_tx_queues])).toEqual([
    [4, 4],
    [1, 1],
    [2, 2],
  ])
})

test('a closed lab leaves no process, namespace or port', async ({ topology }) => {
  test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
  const belongings = new Belongings(process.pid)
  const hosts = await openHosts(topology)
  void hosts.dut.start(['sleep', '1000'])
  await hosts.generator.start(['sh', '-c', 'trap "" TERM HUP INT; while :; do sleep 1; done'])
  await belongings.processes()
  expect(belongings.namespaces).toHaveLength(2)
  await hosts.close()
  expect((await belongings.leftAfter(KERNEL_MS)).left).toEqual([])
  await belongings.forget()
})

test('a lab that cannot be wired leaves nothing either, and says what is wrong', async ({ topology }) => {
  test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
  const belongings = new Belongings(process.pid)
  const looking = setInterval(() => void belongings.processes(), 5)
  const ports = { ...topology.dut.ports, egress: { interface: 'd0' } }
  const error = await openHosts({ ...topology, dut: { ...topology.dut, ports } }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  clearInterval(looking)
  expect(String(error)).toContain('a veth port cannot be had')
  expect(belongings.namespaces.length).toBeGreaterThan(0)
  expect((await belongings.leftAfter(KERNEL_MS)).left).toEqual([])
  await belongings.forget()
})

test('when the process that holds a lab is killed, all of the lab is gone within two seconds', async () => {
  test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
  const mark = randomUUID()
  const belongings = new Belongings(mark)
  const env = { ...process.env, LAB_TEST_MARK: mark }
  const holder = spawn(process.execPath, ['--import', 'tsx', HELD_LAB, LOCAL], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  const names = (await belongings.processes()).map(({ name }) => name)
  expect(names.filter((name) => name === 'sshd').length).toBeGreaterThanOrEqual(2)
  expect(belongings.namespaces).toHaveLength(2)
  holder.kill('SIGKILL')
  const { left, ms } = await belongings.leftAfter(GONE_MS)
  test.info().annotations.push({ type: 'everything gone after', description: `${ms} ms` })
  expect(left).toEqual([])
  await belongings.forget()
})

function namespaceOf(host: Host): Promise<string> {
  return host.run(['readlink', '/proc/self/ns/net'])
}
