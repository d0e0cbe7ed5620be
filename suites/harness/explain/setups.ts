/** Surveys and observations as a kernel might have given them. */
import { NOTHING_SEEN, type Observation } from '../../../lab/evidence/observation.ts'
import {
  type Entry,
  Lookup,
  type Port,
  type Program,
  type RedirectMap,
  type Survey,
} from '../../../lab/explain/survey.ts'

/** Every bit of NETDEV_XDP_ACT_* but zero copy and offload. */
export const ALL = 0x67

export function port(
  name: string,
  ifindex: number,
  {
    program,
    mode = 'native',
    ...more
  }: Partial<Port> & { program?: number; mode?: 'native' | 'generic' } = {},
): Port {
  const xdp = program === undefined ? [] : [{ mode, program }]
  const is = { kind: 'veth', mtu: 1500, up: true, carrier: true, peer: 0, master: 0, features: ALL }
  return { interface: name, ifindex, xdp, counters: {}, ...is, ...more }
}

export const program = (
  id: number,
  name: string,
  maps: number[] = [],
  more: Partial<Program> = {},
): Program => ({
  ...{ id, name, maps },
  ...more,
})

const TYPES = { devmap: 14, cpumap: 16, xskmap: 17, 'devmap-hash': 25, programs: 3 } as const

export const map = (
  id: number,
  name: string,
  type: keyof typeof TYPES,
  entries: Entry[] | null,
  more: Partial<RedirectMap> = {},
): RedirectMap => ({ id, name, type: TYPES[type], maxEntries: 64, entries, more: false, ...more })

export const setup = (survey: Partial<Survey>): Lookup =>
  new Lookup({ ports: [], programs: [], maps: [], sockets: null, ...survey })

/** Frames come in at a1, whose program 12 redirects by map 17 to b1. */
export const toB1 = (b1: Partial<Port> = {}, a1: Partial<Port> = {}): Lookup =>
  setup({
    ports: [port('a1', 2, { program: 12, mtu: 9000, ...a1 }), port('b1', 3, b1)],
    programs: [program(12, 'steer', [17])],
    maps: [map(17, 'tx_ports', 'devmap', [{ key: 3, ifindex: 3 }])],
  })

export const saw = (seen: Partial<Observation>): Observation => ({ ...NOTHING_SEEN, ...seen })

/** One xdp_redirect_err from a1 to entry 3 of map 17, b1. */
export const refused = (errno: number, more: Partial<Observation['redirects'][number]> = {}): Observation =>
  saw({ redirects: [{ program: 12, ifindex: 2, toIfindex: 3, map: 17, key: 3, errno, frames: 40, ...more }] })
