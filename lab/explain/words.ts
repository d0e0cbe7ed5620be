/** Ports, maps, programs and counts as sentences name them. */
import type { Target } from '../units/redirect.ts'
import { type Entry, type Lookup, type Port, type RedirectMap, targetOf } from './survey.ts'

/** NETDEV_XDP_ACT_* (uapi/linux/netdev.h) */
export const FEATURES = {
  basic: 0x01,
  redirect: 0x02,
  'ndo-xmit': 0x04,
  'xsk-zerocopy': 0x08,
  'hw-offload': 0x10,
  'rx-sg': 0x20,
  'ndo-xmit-sg': 0x40,
} as const

export const has = (port: Port, feature: keyof typeof FEATURES): boolean | undefined =>
  port.features === undefined ? undefined : (port.features & FEATURES[feature]) !== 0

export function featureNames({ features }: Port): string {
  if (features === undefined) return 'not told by this kernel'
  const names = Object.entries(FEATURES).flatMap(([name, bit]) => (features & bit ? [name] : []))
  return names.length === 0 ? 'none' : names.join(' ')
}

export const number = (count: number): string => count.toLocaleString('en-US')

export const frames = (count: number): string => `${number(count)} ${count === 1 ? 'frame' : 'frames'}`

export const mapName = (map: RedirectMap): string => `map ${map.id} ${map.name}`

export function programName(lookup: Lookup, id: number): string {
  const name = lookup.program(id)?.name
  return `program ${id}${name ? ` ${name}` : ''}`
}

/** A port that this namespace does not have may be another namespace's. */
export const portName = (lookup: Lookup, ifindex: number): string =>
  lookup.port(ifindex)?.interface ?? `ifindex ${ifindex} (no port of this network namespace)`

const SHOWN = 8

/** `entry 3`, `entries 3, 4 and 9` */
export function entriesText(keys: readonly number[]): string {
  const sorted = [...new Set(keys)].sort((a, b) => a - b)
  if (sorted.length === 1) return `entry ${sorted[0]!}`
  if (sorted.length > SHOWN)
    return `entries ${sorted.slice(0, SHOWN).join(', ')} and ${sorted.length - SHOWN} more`
  return `entries ${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)!}`
}

export function entryText(lookup: Lookup, { key, ifindex, queue, program }: Entry): string {
  const where =
    ifindex !== undefined
      ? ` → ${portName(lookup, ifindex)}`
      : queue !== undefined
        ? ` → CPU ${key}, a queue of ${number(queue)} frames`
        : ''
  return `${key}${where}${program === undefined ? '' : `${where ? ', with' : ' →'} ${programName(lookup, program)}`}`
}

/** `entries 3 → b1, 5 → c1` of a map, or that it has none. */
export function contentsText(lookup: Lookup, map: RedirectMap): string {
  if (map.entries === null) return 'whose entries the kernel shows to nobody'
  if (map.entries.length === 0) return 'which is empty'
  const shown = map.entries.slice(0, SHOWN).map((entry) => entryText(lookup, entry))
  const rest = map.entries.length - shown.length
  const more = map.more ? ' and more' : rest > 0 ? ` and ${rest} more` : ''
  return `with ${map.entries.length === 1 ? 'entry' : 'entries'} ${shown.join(', ')}${more}`
}

export const kindOf = (map: RedirectMap): Target | 'program array' => targetOf(map) ?? 'program array'
