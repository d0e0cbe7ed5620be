/** Why xdp_do_redirect() refused frames, from what is known of the setup. */
import { type Lookup, type Port, type RedirectMap, targetOf } from './survey.ts'
import { entriesText, featureNames, has, mapName, number, portName } from './words.ts'

/** Of the event, and what was found to it. */
export interface Refusal {
  readonly errno: string
  readonly map: RedirectMap | undefined
  readonly keys: readonly number[]
  readonly from: Port | undefined
  /** Redirect maps that the program can use. */
  readonly maps: readonly RedirectMap[]
  /** 0 where the event names none: cpumap, xskmap, broadcast. */
  readonly toIfindex: number
}

interface Cause {
  readonly cause: string
  /** Better than what the table of reasons says for everybody. */
  readonly try?: string
}

/** Ethernet header and a VLAN tag, which the kernel lets pass beyond the MTU (kernel/bpf/devmap.c, xdp_ok_fwd_dev). */
const BEYOND_MTU = 18

/** undefined where the setup says no more than the table of reasons. */
export function redirectCause(lookup: Lookup, refusal: Refusal): Cause | undefined {
  const { map, toIfindex } = refusal
  const target = map && targetOf(map)
  if (target === 'cpumap') return cpumapCause(refusal, map!)
  if (target === 'xskmap') return xskmapCause(lookup, refusal)
  if (toIfindex === 0) return undefined
  const to = lookup.port(toIfindex)
  return to ? portCause(lookup, refusal, to) : strangerCause(lookup, refusal)
}

/** The port as the setup names it: `port b1, entry 3 of map 17 tx_ports`. */
function placeOf({ map, keys }: Refusal, port: Port): string {
  return map ? `port ${port.interface}, ${entriesText(keys)} of ${mapName(map)},` : `port ${port.interface}`
}

function portCause(lookup: Lookup, refusal: Refusal, to: Port): Cause | undefined {
  const place = placeOf(refusal, to)
  switch (refusal.errno) {
    case 'ENETDOWN':
      return to.up
        ? {
            cause: `${place} was down and has come up since`,
            try: `find out what takes ${to.interface} down`,
          }
        : { cause: `${place} is down`, try: `ip link set dev ${to.interface} up` }
    case 'EMSGSIZE':
      return tooLong(refusal, to, place)
    case 'EOPNOTSUPP':
      return refuses(lookup, to, place)
    default:
      return { cause: `${place} was the target` }
  }
}

function tooLong({ from }: Refusal, to: Port, place: string): Cause {
  const limit = `${place} has MTU ${to.mtu}, so that frames of up to ${to.mtu + BEYOND_MTU} bytes pass (Ethernet header and VLAN tag with them)`
  if (!from || from.mtu <= to.mtu) return { cause: `${limit}; longer ones came` }
  return {
    cause: `${limit}; ${from.interface}, where the frames come in, has MTU ${from.mtu}`,
    try: `ip link set dev ${to.interface} mtu ${from.mtu}, or send shorter frames into ${from.interface}`,
  }
}

function refuses(lookup: Lookup, to: Port, place: string): Cause {
  const says = `its xdp-features: ${featureNames(to)}`
  if (has(to, 'ndo-xmit') === false) {
    const cause = `${place} does not take redirected frames (${says})`
    if (to.kind !== 'veth') return { cause, try: `attach an XDP program to ${to.interface}` }
    const peer = lookup.port(to.peer)?.interface
    const named = peer ?? `the other end of ${to.interface}`
    return {
      cause: `${cause}: a veth port takes them while its other end polls`,
      try: `attach an XDP program to ${named}, or turn its GRO on (ethtool -K ${peer ?? 'PEER'} gro on)`,
    }
  }
  if (has(to, 'ndo-xmit-sg') === false)
    return {
      cause: `${place} takes frames of one buffer only (${says}), and the frames came in several`,
      try: `a smaller MTU on the port where they come in, or a target with ndo-xmit-sg`,
    }
  if (has(to, 'ndo-xmit') === undefined) return { cause: `${place} refused them` }
  return {
    cause: `${place} took no redirected frames when they came, and does now (${says})`,
    try: `find out what attaches and detaches programs on ${to.interface}`,
  }
}

/** A devmap looks its ifindex up in the namespace of whoever writes the entry (__dev_map_alloc_node). */
function strangerCause(lookup: Lookup, { map, maps, keys, toIfindex, errno }: Refusal): Cause {
  const target = portName(lookup, toIfindex)
  if (!map && errno === 'EINVAL' && maps.length > 0)
    return {
      // A lookup that misses leaves the key where bpf_redirect() leaves the ifindex (__bpf_xdp_redirect_map).
      cause: `the program answered XDP_REDIRECT although its lookup of key ${toIfindex} in ${maps.map(mapName).join(' or ')} had missed, or it called bpf_redirect() with ifindex ${toIfindex}, which no port has`,
      try: 'return what the helper answers, and add the entry that is missing',
    }
  if (!map)
    return {
      cause:
        errno === 'EINVAL'
          ? `the program redirects to ifindex ${toIfindex}, which no port has`
          : `the program redirects to ${target}`,
      try: 'bpf_redirect() takes the ifindex of a port of this network namespace: ip link shows them',
    }
  return {
    cause: `${entriesText(keys)} of ${mapName(map)} is ${target}: it was written from another namespace, or that port has gone`,
    try: `write the entry from this network namespace: bpftool map update id ${map.id} …`,
  }
}

function cpumapCause({ errno, keys }: Refusal, map: RedirectMap): Cause | undefined {
  if (errno !== 'ENOSPC') return undefined
  const of = map.entries?.filter(({ key }) => keys.includes(key)) ?? []
  const queues = of.map(({ key, queue }) => `that of CPU ${key} holds ${number(queue ?? 0)} frames`)
  return {
    cause: `${mapName(map)} sends faster than the CPU takes out of its queue${queues.length > 0 ? `; ${queues.join(', ')}` : ''}`,
  }
}

function xskmapCause(lookup: Lookup, { map, keys, from }: Refusal): Cause {
  const entry = `${entriesText(keys)} of ${mapName(map!)}`
  const { sockets } = lookup.survey
  if (sockets === null || !from)
    return {
      cause: `the socket at ${entry} refused them${from ? ` (they came in at ${from.interface})` : ''}`,
    }
  const queues = sockets.filter(({ ifindex }) => ifindex === from.ifindex).map(({ queue }) => queue)
  return {
    cause:
      queues.length === 0
        ? `no AF_XDP socket is bound to ${from.interface}, and ${entry} is one`
        : `the socket at ${entry} refused them; sockets are bound to ${queues.length === 1 ? 'queue' : 'queues'} ${queues.sort((a, b) => a - b).join(', ')} of ${from.interface}`,
  }
}
