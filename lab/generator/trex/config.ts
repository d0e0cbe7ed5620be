/** The configuration that a TRex server is started with, made out of a topology. Pure. */
import { stringify } from 'yaml'
import type { Topology } from '../../topology/schema.ts'

/** Bytes of one frame in the ring of an AF_PACKET port: the longest that TRex sends (9238), and the ring's header. */
const RING_FRAME_BYTES = 9280
/** As TRex itself has it: a block of so many frames. */
const FRAMES_IN_BLOCK = 64
/**
 * TRex's own 256 lose 0.3 % at 50,000 frames a second and 4 % at 150,000, all of them in the ring of the port that
 * receives; 4096 lost none in 60 s.
 */
const RING_FRAMES = 4096
/** Makes every frame size of the lab pass; a NIC that cannot says so when TRex starts. */
const LONGEST_MTU = 9216
/** Master and receiver have a core each, beside those that send. */
const OTHER_THREADS = 2
export const RPC_PORT = 4501
export const EVENT_PORT = 4500

type TrexTopology = Extract<Topology['generator'], { kind: 'trex' }>

export interface ServerPlan {
  /** YAML. */
  readonly config: string
  /** Threads that send, a pair of ports. */
  readonly cores: number
  /** Everything on one CPU: TRex sleeps between looks, so that its times are good to a millisecond. */
  readonly lowEnd: boolean
}

export interface PlannedPort {
  /** A port of the kernel, by its name; or the PCI address of one that the kernel has let go. */
  readonly device: string
  /** undefined where only TRex will know. */
  readonly mac: string | undefined
  /** At the other end of its cable; undefined for a port without one. */
  readonly peer: string | undefined
}

/**
 * @param cpus of the generator's host.
 * @param prefix a name that no other DPDK program of that host has.
 */
export function planServer(
  generator: TrexTopology,
  allowed: readonly number[] | undefined,
  ports: readonly PlannedPort[],
  cpus: number,
  prefix: string,
): ServerPlan {
  const use = allowed ?? Array.from({ length: cpus }, (_, cpu) => cpu)
  const pairs = Math.ceil(ports.length / 2)
  const cores = generator.cores ?? Math.max(1, Math.floor((use.length - OTHER_THREADS) / pairs))
  const lowEnd = generator.lowEnd ?? use.length < OTHER_THREADS + pairs
  // TRex sends and receives in pairs of ports: an odd one gets a dummy beside it.
  const padded = [...ports, ...(ports.length % 2 === 1 ? ['dummy' as const] : [])]
  const macs = ports.map(({ mac, peer }) => ({
    ...(mac === undefined ? {} : { src_mac: mac }),
    dest_mac: peer ?? mac ?? '02:00:00:00:00:00',
  }))
  const config = {
    version: 2,
    port_limit: padded.length,
    interfaces: padded.map((port, index) =>
      port === 'dummy' ? port : interfaceOf(port.device, index, generator.ring ?? RING_FRAMES),
    ),
    prefix,
    zmq_rpc_port: generator.rpcPort ?? RPC_PORT,
    zmq_pub_port: generator.eventPort ?? EVENT_PORT,
    ...(ports.some(({ device }) => isPci(device)) ? { port_mtu: LONGEST_MTU } : {}),
    port_info: ports.length === padded.length ? macs : [...macs, { dest_mac: '02:00:00:00:00:00' }],
    ...(lowEnd
      ? { low_end: true, low_end_core: use.at(-1)! }
      : {
          platform: {
            master_thread_id: use[0]!,
            latency_thread_id: use[1]!,
            dual_if: Array.from({ length: pairs }, (_, pair) => ({
              socket: 0,
              threads: use.slice(OTHER_THREADS + pair * cores, OTHER_THREADS + (pair + 1) * cores),
            })),
          },
        }),
  }
  return { config: stringify([config]), cores: lowEnd ? 1 : cores, lowEnd }
}

export const isPci = (device: string): boolean => /^[0-9a-f]{4,8}:/.test(device)

function interfaceOf(device: string, index: number, ring: number): string {
  if (isPci(device)) return device
  return `--vdev=net_af_packet${index},iface=${device},blocksz=${FRAMES_IN_BLOCK * RING_FRAME_BYTES},framesz=${RING_FRAME_BYTES},framecnt=${ring}`
}
