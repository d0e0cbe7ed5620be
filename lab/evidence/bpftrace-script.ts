/** The bpftrace program for a kernel: counts in maps, which cost the DUT less than events sent out. */
import type { EvidenceLevel } from './levels.ts'
import type { Probes } from './probes.ts'

/**
 * bpftrace looks whether SIGUSR1 has come after it has waited for events for up to 100 ms. The signal itself
 * makes an event here, which ends the wait.
 */
const WAKE_UP = 'tracepoint:signal:signal_generate /args->sig == 10/ { printf(" "); }'

/**
 * @param ifindexes of the DUT's ports: events of others are not counted. The events of cpumaps name no port
 * and are sorted out by map afterwards.
 */
export function bpftraceScript(probes: Probes, level: EvidenceLevel, ifindexes: readonly number[]): string {
  const count = '@probe[probe] = count();'
  // Each field is read once: bpftrace takes its time over every `args`, when it starts.
  const ours = (fields: readonly string[], body: string) => {
    const reads = fields.map((field) => `$${field} = args->${field};`).join(' ')
    const one = fields.flatMap((field) => ifindexes.map((index) => `$${field} == ${index}`)).join(' || ')
    return `{ ${reads} if (${one}) { ${count} ${body} } }`
  }
  const redirect = ours(
    ['ifindex'],
    '@redirect[args->prog_id, $ifindex, args->to_ifindex, args->map_id, args->map_index, args->err] = count();',
  )
  const xmit = '[$from_ifindex, $to_ifindex, $err]'
  const enqueue = '[$map, $cpu, $to]'
  const clauses: Record<string, string> = {
    xdp_redirect_err: redirect,
    // Removed in Linux 6.17; the same fields (kernel commit a9a5f41b04dd).
    xdp_redirect_map_err: redirect,
    xdp_exception: ours(['ifindex'], '@exception[args->prog_id, args->act, $ifindex] = count();'),
    xdp_devmap_xmit: ours(
      ['from_ifindex', 'to_ifindex'],
      `$err = args->err; $sent = args->sent; $drops = args->drops;
      @devmap_bulks${xmit} = count(); @devmap_sent${xmit} = sum($sent); @devmap_drops${xmit} = sum($drops);
      @devmap_size[$sent + $drops] = count();`,
    ),
    xdp_cpumap_enqueue: `{ ${count}
      $map = args->map_id; $cpu = args->cpu; $to = args->to_cpu; $processed = args->processed;
      @enqueue_bulks${enqueue} = count();
      @enqueue_processed${enqueue} = sum($processed);
      @enqueue_drops${enqueue} = sum(args->drops);
      @enqueue_size[$map, $processed] = count(); }`,
    xdp_cpumap_kthread: `{ ${count}
      $map = args->map_id; $cpu = args->cpu;
      @kthread_processed[$map, $cpu] = sum(args->processed);
      @kthread_drops[$map, $cpu] = sum(args->drops);
      @kthread_pass[$map, $cpu] = sum(args->xdp_pass);
      @kthread_drop[$map, $cpu] = sum(args->xdp_drop);
      @kthread_redirect[$map, $cpu] = sum(args->xdp_redirect); }`,
  }
  if (level === 'full') {
    clauses['xdp_redirect'] = redirect
    clauses['xdp_redirect_map'] = clauses['xdp_redirect']
    clauses['xdp_bulk_tx'] = ours(['ifindex'], '')
    // The rest name no port: counted for the picture, never for the ledger.
    for (const name of probes) clauses[name] ??= `{ ${count} }`
  }
  const lines = Object.entries(clauses)
    .filter(([name]) => probes.has(name))
    .map(([name, body]) => `tracepoint:xdp:${name} ${body}`)
  return ['BEGIN { @zz_end_of_snapshot = 1; }', WAKE_UP, ...lines].join('\n')
}
