/** What was found on the machine, in lines: ports with their programs, the maps, the ports they lead to. */
import { type Lookup, type Port, targetOf } from './survey.ts'
import { contentsText, entriesText, featureNames, mapName, portName } from './words.ts'

export function setupText(lookup: Lookup): string {
  const { survey } = lookup
  const attached = lookup.attachedPorts()
  const others = lookup.targetPorts().filter((port) => !attached.includes(port))
  const programs = attached.map((port) => {
    const on = port.xdp.map(({ mode, program }) => `program ${program} ${nameOf(lookup, program)} (${mode})`)
    return `  ${port.interface}: ${on.join(', ')}${port.xdp.length > 1 ? ' (multi)' : ''}; ${stateText(port)}`
  })
  const inside = survey.programs
    .filter(({ id }) => lookup.portsOf(id).length === 0)
    .map(({ id, name, extends: other }) => {
      const on = lookup.entriesWith(id)
      const where =
        other !== undefined
          ? `in the place of a function of program ${other}`
          : on.length > 0
            ? `on ${entriesText(on.map(({ entry }) => entry.key))} of ${mapName(on[0]!.map)}`
            : 'reached by a tail call'
      return `  program ${id} ${name}: ${where}`
    })
  const maps = survey.maps
    .filter((map) => targetOf(map))
    .map(
      (map) =>
        `  ${mapName(map)}: ${targetOf(map)!} of ${map.maxEntries} entries, ${contentsText(lookup, map)}`,
    )
  return [
    'Programs',
    ...programs,
    ...inside,
    ...(maps.length > 0 ? ['Redirect maps', ...maps] : []),
    ...(survey.sockets?.length
      ? [
          `AF_XDP sockets: ${survey.sockets.map(({ ifindex, queue }) => `${portName(lookup, ifindex)} queue ${queue}`).join(', ')}`,
        ]
      : []),
    ...(others.length > 0
      ? ['Target ports', ...others.map((port) => `  ${port.interface}: ${stateText(port)}`)]
      : []),
  ].join('\n')
}

const nameOf = (lookup: Lookup, program: number): string => lookup.program(program)?.name ?? ''

function stateText(port: Port): string {
  const state = port.up ? (port.carrier ? 'up' : 'up, no carrier') : 'down'
  return `${state}, MTU ${port.mtu}, xdp-features: ${featureNames(port)}`
}
