/** What a schema of single values cannot say: that ports, links and hosts fit together. */
import type * as z from 'zod'
import { didYouMean, quote } from './did-you-mean.ts'

type Side = 'dut' | 'generator'
const SIDES: readonly Side[] = ['dut', 'generator']

interface Wired {
  readonly dut: WiredHost
  readonly generator: WiredHost
  readonly links: readonly (readonly [string, string])[]
}
interface WiredHost {
  readonly host: string | object
  readonly ports: Readonly<Record<string, { readonly interface?: string; readonly pci?: string }>>
}
type Report = (path: readonly (string | number)[], message: string) => void

export function checkWiring(topology: Wired, context: z.RefinementCtx): void {
  const report: Report = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message, input: undefined })
  checkMaking(topology, report)
  checkIngress(topology, report)
  for (const side of SIDES) checkPorts(side, topology[side], report)
  checkLinks(topology, report)
}

export function checkCpuRoles(
  topology: Pick<Wired, 'dut'> & { readonly tuning?: { napi?: { cpus?: Record<string, number> } } },
  context: z.RefinementCtx,
): void {
  const roles = Object.keys(topology.dut.ports)
  for (const role of Object.keys(topology.tuning?.napi?.cpus ?? {}))
    if (!roles.includes(role))
      context.addIssue({
        code: 'custom',
        path: ['tuning', 'napi', 'cpus', role],
        params: { at: 'key' },
        message: `expected a port of the DUT (${roles.join(', ')}), found ${quote(role)}${didYouMean(role, roles)}`,
      })
}

/** A made port has a made port at its other end: no cable leads from a namespace to a machine. */
function checkMaking({ dut, generator }: Wired, report: Report): void {
  if (typeof dut.host === typeof generator.host) return
  const made = (host: string | object) => (typeof host === 'string' ? `made (${host})` : 'by address')
  const found = `the DUT is ${made(dut.host)}, the generator ${made(generator.host)}`
  report(['generator', 'host'], `expected both hosts made or both by address, found that ${found}`)
}

function checkIngress({ dut }: Wired, report: Report): void {
  if (Object.hasOwn(dut.ports, 'ingress')) return
  const roles = Object.keys(dut.ports)
  const close = roles.find((role) => didYouMean(role, ['ingress']) !== '')
  const found = roles.length === 0 ? 'no port' : `only ${roles.map(quote).join(', ')}`
  const hint = close === undefined ? '' : `; is ${quote(close)} meant to be "ingress"?`
  report(['dut', 'ports'], `expected a port named "ingress", found ${found}${hint}`)
}

function checkPorts(side: Side, { host, ports }: WiredHost, report: Report): void {
  const owners = new Map<string, string>()
  for (const [name, port] of Object.entries(ports)) {
    if (host === 'namespace' && port.pci !== undefined)
      report(
        [side, 'ports', name, 'pci'],
        'expected an interface name, found pci: the ports of a namespace are made',
      )
    for (const key of ['interface', 'pci'] as const) {
      const value = port[key]
      if (value === undefined) continue
      const owner = owners.get(value)
      if (owner === undefined) owners.set(value, name)
      else
        report(
          [side, 'ports', name, key],
          `expected each ${key} of a host once, found ${quote(value)} at ports.${owner} already`,
        )
    }
  }
}

function checkLinks(topology: Wired, report: Report): void {
  const declared = SIDES.flatMap((side) => Object.keys(topology[side].ports).map((name) => `${side}.${name}`))
  const usedBy = new Map<string, number>()
  let allKnown = true
  for (const [index, link] of topology.links.entries()) {
    const side = SIDES.find((one) => link.every((end) => end.startsWith(`${one}.`)))
    if (side !== undefined)
      report(
        ['links', index],
        `expected one end on the generator and the other on the dut, found both on ${quote(side)}`,
      )
    for (const [at, end] of link.entries()) {
      const path = ['links', index, at]
      if (!declared.includes(end)) {
        allKnown = false
        report(
          path,
          `expected a declared port (${declared.join(', ')}), found ${quote(end)}${didYouMean(end, declared)}`,
        )
      } else if (usedBy.has(end))
        report(
          path,
          `expected each port in at most one link, found ${quote(end)} in links[${usedBy.get(end)!}] already`,
        )
      else usedBy.set(end, index)
    }
  }
  // A mistyped end leaves a port without link: one mistake, one problem.
  if (allKnown) for (const end of declared) if (!usedBy.has(end)) checkUnlinked(topology, end, report)
}

function checkUnlinked(topology: Wired, end: string, report: Report): void {
  const [side, name] = end.split('.') as [Side, string]
  const example = side === 'dut' ? `[generator.…, ${end}]` : `[${end}, dut.…]`
  if (side === 'dut' && ['ingress', 'egress'].includes(name))
    report([side, 'ports', name], `expected a link to this port, found none: add ${example} to links`)
  else if (topology[side].host === 'namespace')
    report(
      [side, 'ports', name],
      `expected a link, found none: a port of a namespace is made with its link; add ${example} to links`,
    )
}
