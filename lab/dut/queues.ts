/** How many receive queues a port uses (ethtool -L). */
import type { Change } from '../remote/changes.ts'
import { Unsupported } from '../remote/unsupported.ts'
import type { Dut } from './dut.ts'

/** @throws CommandFailed, Unsupported when the port does not say how many it has. */
export async function queuesChange(dut: Dut, name: string, queues: number): Promise<Change> {
  const found = channelsOf(await dut.host.run(['ethtool', '-l', name]))
  if (!found) throw new Unsupported(`queues of ${name}`, 'ethtool -l tells of neither combined nor rx')
  const set = (many: number) => ['ethtool', '-L', name, found.kind, String(many)]
  return { what: `queues of ${name}`, argv: set(queues), undo: set(found.count) }
}

/** The kind of channel that receives, and how many are in use; what a port has none of is n/a or 0. */
export function channelsOf(
  text: string,
): { readonly kind: 'combined' | 'rx'; readonly count: number } | undefined {
  const current = text.slice(Math.max(0, text.indexOf('Current hardware settings')))
  const count = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(current)?.[1] ?? 0)
  if (count('Combined') > 0) return { kind: 'combined', count: count('Combined') }
  return count('RX') > 0 ? { kind: 'rx', count: count('RX') } : undefined
}
