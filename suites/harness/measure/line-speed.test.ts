import { expect, test } from '@playwright/test'
import { checkRate, lineSpeedOf } from '../../../lab/measure/line-speed.ts'
import type { Lab } from '../../../lab/measure/lab.ts'
import { parseRate } from '../../../lab/units/rate.ts'
import { loadTopology } from '../../../lab/topology/load.ts'

/** The virtual lab as it would be opened, with this said of the port that sends. */
async function bed(port: { driver: string; speedMbps: number }, speed?: string) {
  const loaded = await loadTopology('topologies/local.yaml')
  const { generator } = loaded.topology
  const declared = { ...generator.ports['a']!, ...(speed === undefined ? {} : { speed }) }
  const topology = { ...loaded.topology, generator: { ...generator, ports: { a: declared } } }
  return { loaded: { ...loaded, topology }, generator: { ports: { a: port } } } as unknown as Lab
}
const VETH = { driver: 'veth', speedMbps: 10_000 }
const NIC = { driver: 'ice', speedMbps: 25_000 }

test('A line has the speed that its port says, or that is declared of it', async () => {
  expect(lineSpeedOf(await bed(NIC), 'a')).toBe(25e9)
  expect(lineSpeedOf(await bed(NIC, '10Gbps'), 'a')).toBe(10e9)
  expect(lineSpeedOf(await bed({ ...NIC, speedMbps: -1 }), 'a'), 'the driver does not say').toBeUndefined()
})

test('veth has no line, whatever it says of itself, unless one is declared', async () => {
  expect(lineSpeedOf(await bed(VETH), 'a')).toBeUndefined()
  expect(lineSpeedOf(await bed(VETH, '1Gbps'), 'a')).toBe(1e9)
})

test('A part of the line is refused where there is none, at its place in the topology, with what to do', async () => {
  const veth = await bed(VETH)
  expect(() => checkRate(veth, 'a', parseRate('50%'))).toThrow(
    /local\.yaml:\d+:\d+: generator\.ports\.a: the rate is a part of the line, and this port \(veth\) has no speed of its own: declare one here, like speed: 10Gbps, or ask for/,
  )
  checkRate(veth, 'a', parseRate('1Gbps-l1'))
  checkRate(await bed(VETH, '1Gbps'), 'a', parseRate('50%'))
})
