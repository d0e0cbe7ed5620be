/** What of a setup will lose frames as soon as some come that way, seen from the survey alone. */
import { type Lookup, type Port } from './survey.ts'
import { entriesText, featureNames, has, mapName, portName } from './words.ts'

/** In sentences. An empty list does not say that all is well: only that nothing is wrong on the face of it. */
export function hazardsOf(lookup: Lookup): string[] {
  const found = lookup.attachedPorts().flatMap((from) => {
    const maps = new Map(
      from.xdp.flatMap(({ program }) => lookup.mapsFrom(program, true)).map((map) => [map.id, map]),
    )
    return [...maps.values()].flatMap((map) => {
      if (map.entries?.length === 0) return [`${mapName(map)} is empty: every lookup in it misses`]
      const targets = new Set((map.entries ?? []).flatMap(({ ifindex }) => ifindex ?? []))
      return [...targets].flatMap((ifindex) => {
        const keys = (map.entries ?? []).filter((entry) => entry.ifindex === ifindex).map(({ key }) => key)
        const place = `${portName(lookup, ifindex)}, ${entriesText(keys)} of ${mapName(map)},`
        return troubles(from, lookup.port(ifindex)).map((trouble) => `${place} ${trouble}`)
      })
    })
  })
  return [...new Set(found)]
}

function troubles(from: Port, to: Port | undefined): string[] {
  if (!to) return ['was written from another network namespace, or its port has gone']
  return [
    ...(to.up ? [] : ['is down']),
    ...(to.up && !to.carrier ? ['has no carrier'] : []),
    ...(to.mtu < from.mtu ? [`has MTU ${to.mtu}, and ${from.interface} has ${from.mtu}`] : []),
    ...(has(to, 'ndo-xmit') === false
      ? [`does not take redirected frames (xdp-features: ${featureNames(to)})`]
      : []),
  ]
}
