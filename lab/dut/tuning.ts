/** What a topology sets on the DUT before anything is measured; all of it is put back. */
import type { Topology } from '../topology/schema.ts'
import type { Dut } from './dut.ts'

/** @throws AgentFailed when the DUT refuses a setting. */
export async function applyTuning(dut: Dut, tuning: Topology['tuning']): Promise<void> {
  if (!tuning) return
  const roles = [...new Map(Object.entries(dut.ports).map(([role, port]) => [port.interface, role])).values()]
  for (const role of roles) {
    const { interface: name, mtu } = dut.ports[role]!
    if (tuning.mtu !== undefined) await setLink(dut, name, 'mtu', tuning.mtu, mtu)
    if (tuning.rings) await setRings(dut, name, tuning.rings)
    if (tuning.napi?.threaded) await threadNapi(dut, name, tuning.napi.fifo, tuning.napi.cpus?.[role])
  }
}

async function setLink(dut: Dut, name: string, what: string, value: number, before: number): Promise<void> {
  const set = (to: number) => ['ip', 'link', 'set', 'dev', name, what, String(to)]
  await dut.changes.make({ what: `${what} of ${name}`, argv: set(value), undo: set(before) })
}

/** The undo asks for the sizes found, so it is made by a shell that notes them first. */
async function setRings(
  dut: Dut,
  name: string,
  rings: { readonly rx?: number; readonly tx?: number },
): Promise<void> {
  const sizes = (values: { rx?: number | undefined; tx?: number | undefined }) =>
    Object.entries(values).flatMap(([ring, size]) => (size === undefined ? [] : [ring, String(size)]))
  const found = ringsOf(await dut.host.run(['ethtool', '-g', name]))
  const before = {
    rx: rings.rx === undefined ? undefined : found.rx,
    tx: rings.tx === undefined ? undefined : found.tx,
  }
  await dut.changes.make({
    what: `rings of ${name}`,
    argv: ['ethtool', '-G', name, ...sizes(rings)],
    undo: ['ethtool', '-G', name, ...sizes(before)],
  })
}

function ringsOf(text: string): { rx?: number; tx?: number } {
  const current = text.slice(text.indexOf('Current hardware settings'))
  const size = (ring: string) => Number(new RegExp(`^${ring}:\\s+(\\d+)`, 'm').exec(current)?.[1])
  return { rx: size('RX'), tx: size('TX') }
}

/**
 * Threaded NAPI: each of the port's instances polls in a kernel thread `napi/PORT-N`, which is pinned and
 * given its priority by name. Turning it off ends the threads, and their settings with them.
 */
async function threadNapi(
  dut: Dut,
  name: string,
  fifo: number | undefined,
  cpu: number | undefined,
): Promise<void> {
  const file = `/sys/class/net/${name}/threaded`
  const write = (value: string) => ['sh', '-c', 'echo "$1" > "$2"', 'sh', value, file]
  const before = (await dut.host.run(['cat', file])).trim()
  await dut.changes.make({ what: `threaded NAPI of ${name}`, argv: write('1'), undo: write(before) })
  const settle = [
    'for task in $(pgrep "^napi/$1-"); do',
    ...(cpu === undefined ? [] : ['taskset -p -c "$2" "$task" >/dev/null || exit 1;']),
    ...(fifo === undefined ? [] : ['chrt -f -p "$3" "$task" || exit 1;']),
    'done',
  ].join(' ')
  if (cpu !== undefined || fifo !== undefined)
    await dut.host.run(['sh', '-c', settle, 'sh', name, String(cpu ?? ''), String(fifo ?? '')])
}
