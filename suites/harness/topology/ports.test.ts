import { expect } from '@playwright/test'
import { peerOf, portAt } from '../../../lab/topology/ports.ts'
import { ADDRESSED, MADE, replaced, test } from './topology-file.ts'

test('The peer of a port is the other end of its cable, whichever end the file names first', async ({
  load,
}) => {
  const { topology } = await load(replaced(MADE, '[generator.b, dut.egress]', '[dut.egress, generator.b]'))
  expect(peerOf(topology, 'dut.ingress')).toBe('generator.a')
  expect(peerOf(topology, 'generator.a')).toBe('dut.ingress')
  expect(peerOf(topology, 'dut.egress')).toBe('generator.b')
  expect(peerOf(topology, 'generator.b')).toBe('dut.egress')
})

test('A port without link, and what is no port, have no peer', async ({ load }) => {
  const { topology } = await load(
    replaced(ADDRESSED, "'0000:3b:00.0' }", "'0000:3b:00.0' }\n    spare: { interface: eth1 }"),
  )
  expect(peerOf(topology, 'dut.spare')).toBeUndefined()
  expect(peerOf(topology, 'dut.nothing')).toBeUndefined()
})

test('A port is found by the name that links use, and nothing else is a port', async ({ load }) => {
  const { topology } = await load(MADE)
  expect(portAt(topology, 'dut.egress')).toEqual({ interface: 'd1', speed: '10Gbps' })
  expect(portAt(topology, 'generator.b')).toEqual({ interface: 't1' })
  for (const end of ['dut.third', 'egress', 'dut', 'links.0', 'dut.constructor', 'dut.egress.speed', ''])
    expect(portAt(topology, end), end).toBeUndefined()
})
