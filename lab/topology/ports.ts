/** Ports by the name that links use: `dut.ingress`, `generator.a`. */
import type { Port, Topology } from './schema.ts'

/** undefined unless declared. */
export function portAt(topology: Topology, end: string): Port | undefined {
  const dot = end.indexOf('.')
  const [side, name] = [end.slice(0, dot), end.slice(dot + 1)]
  if (side !== 'dut' && side !== 'generator') return undefined
  const { ports } = topology[side]
  return Object.hasOwn(ports, name) ? ports[name] : undefined
}

/** The other end of the port's cable; undefined for a port without link. */
export function peerOf(topology: Topology, end: string): string | undefined {
  const link = topology.links.find((ends) => ends.includes(end))
  return link && (link[0] === end ? link[1] : link[0])
}
