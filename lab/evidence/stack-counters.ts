/** What the DUT's IPv4 stack refused, for frames that a program passes to it (RFC 2011, /proc/net/snmp). */
import type { Host } from '../remote/host.ts'

/** Datagrams that ended in the stack without being forwarded or delivered. */
const REFUSALS = [
  'Ip.InHdrErrors',
  'Ip.InAddrErrors',
  'Ip.InUnknownProtos',
  'Ip.InDiscards',
  'Ip.OutDiscards',
  'Ip.OutNoRoutes',
  'Ip.FragFails',
  'IpExt.InNoRoutes',
  'IpExt.InTruncatedPkts',
]

/** By counter: `Ip.InHdrErrors`. @throws CommandFailed */
export async function stackRefusals(host: Host): Promise<Record<string, number>> {
  const text = await host.run(['cat', '/proc/net/snmp', '/proc/net/netstat'])
  const values = countersOf(text)
  return Object.fromEntries(REFUSALS.map((name) => [name, values.get(name) ?? 0]))
}

/** Each group is two lines: the names, then the values. */
function countersOf(text: string): Map<string, number> {
  const lines = text.split('\n').map((line) => line.split(' '))
  const counters = new Map<string, number>()
  for (const [index, [group = '', ...names]] of lines.entries()) {
    const [again, ...values] = lines[index + 1] ?? []
    if (group !== again) continue
    for (const [column, name] of names.entries()) {
      const value = Number(values[column])
      if (Number.isInteger(value)) counters.set(`${group.replace(':', '')}.${name}`, value)
    }
  }
  return counters
}
