import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { ADDRESSED, MADE, replaced, test } from './topology-file.ts'

test('A made bed loads to exactly what its file says', async ({ load }) => {
  expect((await load(MADE)).topology).toEqual({
    name: 'bed',
    dut: {
      host: 'namespace',
      ports: {
        ingress: { interface: 'd0', driver: 'veth', queues: 2 },
        egress: { interface: 'd1', speed: '10Gbps' },
      },
    },
    generator: {
      kind: 'soft',
      host: 'namespace',
      ports: { a: { interface: 't0' }, b: { interface: 't1' } },
    },
    links: [
      ['generator.a', 'dut.ingress'],
      ['generator.b', 'dut.egress'],
    ],
    tuning: {
      mtu: 1500,
      napi: { threaded: true, fifo: 50, cpus: { ingress: 1 } },
      generatorCpus: [2, 3],
    },
  })
})

test('A host by address gets port 22, user root and the known hosts of this user', async ({ load }) => {
  const { topology } = await load(ADDRESSED)
  expect(topology.generator.host).toEqual({
    address: 'generator.example',
    port: 22,
    user: 'root',
    agent: true,
    knownHosts: join(homedir(), '.ssh/known_hosts'),
  })
})

test('A relative key path is relative to the topology file, and ~ is the home folder', async ({
  load,
  folder,
}) => {
  const keyOf = async (path: string) => {
    const { host } = (await load(replaced(ADDRESSED, 'keys/dut', path))).topology.dut
    return host === 'namespace' ? undefined : host.key
  }
  expect(await keyOf('keys/dut')).toBe(join(folder, 'keys/dut'))
  expect(await keyOf('../dut')).toBe(join(folder, '../dut'))
  expect(await keyOf('~/.ssh/dut')).toBe(join(homedir(), '.ssh/dut'))
  expect(await keyOf('/etc/lab/dut')).toBe('/etc/lab/dut')
})

test('So is the path of a profile', async ({ load, folder }) => {
  const declared = replaced(ADDRESSED, 'path: /opt/trex', 'path: /opt/trex\n  profile: profiles/web.py')
  expect((await load(declared)).topology.generator).toMatchObject({
    profile: join(folder, 'profiles/web.py'),
  })
})

test('Without an egress the bed is a hairpin, and its other ports need no link', async ({ load }) => {
  const spare = replaced(ADDRESSED, "'0000:3b:00.0' }", "'0000:3b:00.0' }\n    spare: { interface: eth1 }")
  expect(Object.keys((await load(spare)).topology.dut.ports)).toEqual(['ingress', 'spare'])
})

for (const address of ['192.0.2.1', '2001:db8::1', 'dut', 'dut-1.lab.example'])
  test(`${address} is an address`, async ({ load }) => {
    const { topology } = await load(replaced(ADDRESSED, '192.0.2.1', `'${address}'`))
    expect(topology.dut.host).toMatchObject({ address })
  })

for (const speed of ['100Gbps', '2.5Gbps', '0.5Gbps', '100Mbps', '800Gbps'])
  test(`${speed} is a line speed`, async ({ load }) => {
    expect((await load(replaced(MADE, '10Gbps', speed))).topology.dut.ports['egress']).toMatchObject({
      speed,
    })
  })

for (const speed of ['0Gbps', '0.0Gbps', '10 Gbps', '10gbps', '10Gb/s', '.5Gbps', '-1Gbps'])
  test(`${speed} is no line speed`, async ({ complaints }) => {
    expect((await complaints(replaced(MADE, '10Gbps', speed))).join()).toContain('expected a line speed')
  })

test('The hash is of the text: a changed comment changes it, another folder does not', async ({ load }) => {
  const { hash } = await load(MADE)
  expect(hash).toBe(createHash('sha256').update(MADE).digest('hex').slice(0, 12))
  expect((await load(`${MADE}# changed\n`)).hash).not.toBe(hash)
})

test('A place is that of the value, of the key for a map or list, of the nearest holder for what is absent', async ({
  load,
}) => {
  const { place } = await load(MADE)
  expect(place(['name'])).toEqual({ line: 1, column: 7 })
  expect(place(['dut', 'ports'])).toEqual({ line: 4, column: 3 })
  expect(place(['dut', 'ports', 'egress'])).toEqual({ line: 6, column: 5 })
  expect(place(['dut', 'ports', 'egress', 'interface'])).toEqual({ line: 6, column: 26 })
  expect(place(['dut', 'ports', 'egress', 'driver'])).toEqual({ line: 6, column: 5 })
  expect(place(['links', 1])).toEqual({ line: 15, column: 5 })
  expect(place(['links', 1, 1])).toEqual({ line: 15, column: 19 })
  expect(place(['tuning', 'generatorCpus', 1])).toEqual({ line: 19, column: 22 })
  expect(place(['tuning', 'rings', 'rx'])).toEqual({ line: 16, column: 1 })
  expect(place([])).toEqual({ line: 1, column: 1 })
})

test('Places hold for files with Windows line ends, a byte order mark and aliases', async ({ load }) => {
  const windows = await load(MADE.replaceAll('\n', '\r\n'))
  expect(windows.place(['links', 1, 1])).toEqual({ line: 15, column: 19 })
  const marked = await load(`\uFEFF${MADE}`)
  expect(marked.place(['tuning', 'mtu'])).toEqual({ line: 17, column: 8 })
  const twice = replaced(
    replaced(MADE, 'host: namespace', 'host: &made namespace'),
    'host: namespace',
    'host: *made',
  )
  const aliased = await load(twice)
  expect(aliased.topology.generator.host).toBe('namespace')
  expect(aliased.place(['generator', 'host'])).toEqual({ line: 9, column: 9 })
})

test('What an alias stands for is placed where it is written', async ({ load }) => {
  const anchored = replaced(ADDRESSED, 'host: { address', 'host: &machine { address')
  const { place } = await load(
    replaced(anchored, '\n    address: generator.example\n    agent: true', ' *machine'),
  )
  expect(place(['generator', 'host', 'address'])).toEqual({ line: 3, column: 29 })
})
