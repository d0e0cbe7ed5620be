import { expect, test } from '@playwright/test'
import { parse } from 'yaml'
import { type PlannedPort, planServer } from '../../../../lab/generator/trex/config.ts'

const GENERATOR = { kind: 'trex', host: 'namespace', ports: {} } as const
const VETH: readonly PlannedPort[] = [
  { device: 't0', mac: '02:00:00:00:00:01', peer: '02:00:00:00:01:01' },
  { device: 't1', mac: '02:00:00:00:00:02', peer: '02:00:00:00:01:02' },
]
const NICS: readonly PlannedPort[] = [
  { device: '0000:01:00.0', mac: undefined, peer: '02:00:00:00:01:01' },
  { device: '0000:01:00.1', mac: undefined, peer: '02:00:00:00:01:02' },
]

interface Config {
  readonly interfaces: string[]
  readonly port_limit: number
  readonly port_info: unknown[]
  readonly platform?: { dual_if: { threads: number[] }[] }
}
const configOf = (text: string): Config => (parse(text) as Config[])[0]!

test('Two ports of the kernel on two CPUs: everything on the last of them, with rings that lose nothing', () => {
  const plan = planServer(GENERATOR, undefined, VETH, 2, 'lab')
  expect(plan).toMatchObject({ cores: 1, lowEnd: true })
  expect(configOf(plan.config)).toEqual({
    version: 2,
    port_limit: 2,
    interfaces: [
      '--vdev=net_af_packet0,iface=t0,blocksz=593920,framesz=9280,framecnt=4096',
      '--vdev=net_af_packet1,iface=t1,blocksz=593920,framesz=9280,framecnt=4096',
    ],
    prefix: 'lab',
    zmq_rpc_port: 4501,
    zmq_pub_port: 4500,
    port_info: [
      { src_mac: '02:00:00:00:00:01', dest_mac: '02:00:00:00:01:01' },
      { src_mac: '02:00:00:00:00:02', dest_mac: '02:00:00:00:01:02' },
    ],
    low_end: true,
    low_end_core: 1,
  })
})

test('An odd port gets a dummy beside it, since TRex works in pairs', () => {
  const { config } = planServer(GENERATOR, undefined, VETH.slice(0, 1), 2, 'lab')
  const { interfaces, port_limit, port_info } = configOf(config)
  expect(interfaces).toEqual([expect.stringContaining('iface=t0,'), 'dummy'])
  expect([port_limit, port_info.length]).toEqual([2, 2])
})

test('NICs that the kernel has let go are named by address; the CPUs of the topology are divided among pairs', () => {
  const four = [...NICS, { ...NICS[0]!, device: '0000:02:00.0' }, { ...NICS[1]!, device: '0000:02:00.1' }]
  const plan = planServer(GENERATOR, [4, 5, 6, 7, 8, 9], four, 64, 'lab')
  expect(plan).toMatchObject({ cores: 2, lowEnd: false })
  expect(configOf(plan.config)).toMatchObject({
    interfaces: ['0000:01:00.0', '0000:01:00.1', '0000:02:00.0', '0000:02:00.1'],
    port_mtu: 9216,
    platform: {
      master_thread_id: 4,
      latency_thread_id: 5,
      dual_if: [
        { socket: 0, threads: [6, 7] },
        { socket: 0, threads: [8, 9] },
      ],
    },
  })
})

test('What the topology says of cores, ports and rings is done', () => {
  const said = { ...GENERATOR, cores: 1, lowEnd: false, ring: 256, rpcPort: 5501, eventPort: 5500 }
  const plan = planServer(said, undefined, VETH, 8, 'lab')
  expect(plan).toMatchObject({ cores: 1, lowEnd: false })
  expect(configOf(plan.config)).toMatchObject({ zmq_rpc_port: 5501, zmq_pub_port: 5500 })
  expect(configOf(plan.config).interfaces[0]).toMatch(/framecnt=256$/)
})
