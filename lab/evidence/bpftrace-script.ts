/** The bpftrace program for a kernel: counts in maps, which cost the DUT less than events sent out. */
import type { DevmapBulks } from './devmap-bulks.ts'
import type { EvidenceLevel } from './levels.ts'
import type { Probes } from './probes.ts'

/**
 * bpftrace looks whether SIGUSR1 has come after it has waited for events for up to 100 ms. The signal itself
 * makes an event here, which ends the wait.
 */
const WAKE_UP = 'tracepoint:signal:signal_generate /args->sig == 10/ { printf(" "); }'

/** Holds the number of bpftrace's own process. */
export const OBSERVER = '@observer'

const XMIT =
  '@devmap[($from_ifindex << 32) | $to_ifindex, (args->sent << 32) | ($drops << 16) | (0 - args->err)] = count();'

/** The bulks of an entry of `@devmap`. */
export function bulksOf(key: string, count: number): DevmapBulks {
  const [ports = 0n, bulk = 0n] = key.split(',').map(BigInt)
  const bits = (from: bigint, shift: bigint, mask: bigint) => Number((from >> shift) & mask)
  return {
    from: bits(ports, 32n, 0xffff_ffffn),
    to: bits(ports, 0n, 0xffff_ffffn),
    errno: bits(bulk, 0n, 0xffffn),
    sent: bits(bulk, 32n, 0xffff_ffffn),
    drops: bits(bulk, 16n, 0xffffn),
    bulks: count,
  }
}

/** From where a frame is lost as far as the driver's poll, and a little more. */
const STACK_FRAMES = 12

/**
 * @param ifindexes of the DUT's ports: events of others are not counted. The events of cpumaps name no port
 * and are sorted out by map afterwards. When absent, everybody's are counted.
 * @param bulks false where somebody else counts the bulks of devmaps.
 */
export function bpftraceScript(
  probes: Probes,
  level: EvidenceLevel,
  ifindexes?: readonly number[],
  bulks = true,
): string {
  const count = '@probe[probe] = count();'
  // Each field is read once: bpftrace takes its time over every `args`, when it starts.
  const ours = (fields: readonly string[], body: string) => {
    const reads = fields.map((field) => `$${field} = args->${field};`).join(' ')
    if (!ifindexes) return `{ ${reads} ${body} }`
    const one = fields.flatMap((field) => ifindexes.map((index) => `$${field} == ${index}`)).join(' || ')
    return `{ ${reads} if (${one}) { ${body} } }`
  }
  const answer = `${count} @redirect[args->prog_id, $ifindex, args->to_ifindex, args->map_id, args->map_index, args->err] = count();`
  const redirect = ours(['ifindex'], answer)
  // Costs nothing while nothing is lost, and is left out where every bit counts.
  const stack = (code: string) =>
    level === 'full' ? `@stack[probe, ${code}, kstack(${STACK_FRAMES})] = count();` : ''
  const failed = ours(['ifindex'], `${answer} ${stack('args->err')}`)
  const clauses: Record<string, string> = {
    xdp_redirect_err: failed,
    // Removed in Linux 6.17; the same fields (kernel commit a9a5f41b04dd).
    xdp_redirect_map_err: failed,
    xdp_exception: ours(
      ['ifindex'],
      `${count} @exception[args->prog_id, args->act, $ifindex] = count(); ${stack('args->act')}`,
    ),
    // Events of bulks come by the hundred thousand a second. Each adds to one map, whose key tells all of it:
    // five maps, one a sum, took 12 % of the throughput of the devmap path. Bulks are small, so keys are few; of
    // two numbers in place of five, they are found in half the time. bulksOf() takes them apart.
    xdp_devmap_xmit: ours(
      ['from_ifindex', 'to_ifindex'],
      level === 'full'
        ? `$drops = args->drops; ${XMIT}
      if ($drops > 0) { @stack_xmit[probe, args->err, kstack(${STACK_FRAMES})] = sum($drops); }`
        : `$drops = args->drops; ${XMIT}`,
    ),
    xdp_cpumap_enqueue:
      '{ @enqueue[args->map_id, args->cpu, args->to_cpu, args->processed, args->drops] = count(); }',
    xdp_cpumap_kthread:
      '{ @kthread[args->map_id, args->cpu, args->processed, args->drops, args->xdp_pass, args->xdp_drop, args->xdp_redirect] = count(); }',
  }
  if (!bulks) delete clauses['xdp_devmap_xmit']
  if (level === 'full') {
    clauses['xdp_redirect'] = redirect
    clauses['xdp_redirect_map'] = clauses['xdp_redirect']
    clauses['xdp_bulk_tx'] = ours(['ifindex'], count)
    // The rest name no port: counted for the picture, never for the ledger.
    for (const name of probes) clauses[name] ??= `{ ${count} }`
  }
  const lines = Object.entries(clauses)
    .filter(([name]) => probes.has(name))
    .map(([name, body]) => `tracepoint:xdp:${name} ${body}`)
  return [`BEGIN { @zz_end_of_snapshot = 1; ${OBSERVER} = pid; }`, WAKE_UP, ...lines].join('\n')
}
