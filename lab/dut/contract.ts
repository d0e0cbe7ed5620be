/** What a program must offer to be run as a redirect: the lab's own do, a user's is looked over before it is. */
import type { Target } from '../units/redirect.ts'

/** uapi/linux/bpf.h, enum bpf_map_type. */
const MAP_TYPES = {
  ARRAY: 2,
  PERCPU_ARRAY: 6,
  DEVMAP: 14,
  CPUMAP: 16,
  XSKMAP: 17,
  DEVMAP_HASH: 25,
} as const
type MapType = keyof typeof MAP_TYPES

/** Three places of eight slots each: see fixtures/programs/lab.h. */
export const COUNTED_SLOTS = 24
const COUNTER_BYTES = 8

const TARGETS_TYPE: Readonly<Record<Target, MapType | undefined>> = {
  devmap: 'DEVMAP',
  'devmap-hash': 'DEVMAP_HASH',
  cpumap: 'CPUMAP',
  xskmap: 'XSKMAP',
  ifindex: undefined,
}

export interface Offered {
  readonly programs: readonly { readonly name: string }[]
  readonly maps: readonly {
    readonly name: string
    readonly type: number
    readonly valueBytes: number
    readonly entries: number
  }[]
}

/** The program lacks what the lab needs of it. */
export class UnfitProgram extends Error {
  override readonly name = 'UnfitProgram'
}

/**
 * @param programs names of the programs that will be attached or put on entries.
 * @throws UnfitProgram naming everything that is missing or of another type.
 */
export function checkContract(
  file: string,
  offered: Offered,
  target: Target,
  programs: readonly string[],
): void {
  const wrong = [
    ...programs
      .filter((name) => !offered.programs.some((program) => program.name === name))
      .map((name) => `no program '${name}' (SEC("xdp"))`),
    ...wrongCounters(offered),
    ...wrongMap(offered, 'targets', TARGETS_TYPE[target]),
    ...(programs.includes('on_cpu') ? wrongMap(offered, 'onward', 'DEVMAP') : []),
  ]
  if (wrong.length > 0)
    throw new UnfitProgram(
      `${file} cannot redirect through ${target}: it has ${wrong.join('; ')}. docs/programs.md says what it must offer.`,
    )
}

function wrongCounters({ maps }: Offered): string[] {
  const counted = maps.find(({ name }) => name === 'counted')
  const wanted = `an array of ${COUNTED_SLOTS} 64-bit counters`
  if (!counted) return [`no map 'counted', ${wanted}`]
  const array = counted.type === MAP_TYPES.PERCPU_ARRAY || counted.type === MAP_TYPES.ARRAY
  if (array && counted.valueBytes === COUNTER_BYTES && counted.entries >= COUNTED_SLOTS) return []
  return [
    `a map 'counted' of type ${counted.type} with ${counted.entries} entries of ${counted.valueBytes} bytes, not ${wanted}`,
  ]
}

function wrongMap({ maps }: Offered, name: string, type: MapType | undefined): string[] {
  if (type === undefined) return []
  const map = maps.find((one) => one.name === name)
  if (!map) return [`no map '${name}' (BPF_MAP_TYPE_${type})`]
  return map.type === MAP_TYPES[type]
    ? []
    : [`a map '${name}' of type ${map.type}, not BPF_MAP_TYPE_${type} (${MAP_TYPES[type]})`]
}
