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
  const ours = (...fields: string[]) =>
    `/${fields.flatMap((field) => ifindexes.map((index) => `args->${field} == ${index}`)).join(' || ')}/`
  const count = '@probe[probe] = count();'
  const redirect =
    '[args->prog_id, args->ifindex, args->to_ifindex, args->map_id, args->map_index, args->err] = count();'
  const xmit = '[args->from_ifindex, args->to_ifindex, args->err]'
  const clauses: Record<string, string> = {
    xdp_redirect_err: `${ours('ifindex')} { ${count} @redirect${redirect} }`,
    // Removed in Linux 6.17; the same fields (kernel commit a9a5f41b04dd).
    xdp_redirect_map_err: `${ours('ifindex')} { ${count} @redirect${redirect} }`,
    xdp_exception: `${ours('ifindex')} { ${count} @exception[args->prog_id, args->act, args->ifindex] = count(); }`,
    xdp_devmap_xmit: `${ours('from_ifindex', 'to_ifindex')} { ${count}
      @devmap_bulks${xmit} = count(); @devmap_sent${xmit} = sum(args->sent); @devmap_drops${xmit} = sum(args->drops);
      @devmap_size[args->sent + args->drops] = count(); }`,
    xdp_cpumap_enqueue: `{ ${count}
      @enqueue_bulks[args->map_id, args->cpu, args->to_cpu] = count();
      @enqueue_processed[args->map_id, args->cpu, args->to_cpu] = sum(args->processed);
      @enqueue_drops[args->map_id, args->cpu, args->to_cpu] = sum(args->drops);
      @enqueue_size[args->map_id, args->processed] = count(); }`,
    xdp_cpumap_kthread: `{ ${count}
      @kthread_processed[args->map_id, args->cpu] = sum(args->processed);
      @kthread_drops[args->map_id, args->cpu] = sum(args->drops);
      @kthread_pass[args->map_id, args->cpu] = sum(args->xdp_pass);
      @kthread_drop[args->map_id, args->cpu] = sum(args->xdp_drop);
      @kthread_redirect[args->map_id, args->cpu] = sum(args->xdp_redirect); }`,
  }
  if (level === 'full') {
    clauses['xdp_redirect'] = `${ours('ifindex')} { ${count} @redirect${redirect} }`
    clauses['xdp_redirect_map'] = clauses['xdp_redirect']
    clauses['xdp_bulk_tx'] = `${ours('ifindex')} { ${count} }`
    // The rest name no port: counted for the picture, never for the ledger.
    for (const name of probes) clauses[name] ??= `{ ${count} }`
  }
  const lines = Object.entries(clauses)
    .filter(([name]) => probes.has(name))
    .map(([name, body]) => `tracepoint:xdp:${name} ${body}`)
  return ['BEGIN { @zz_end_of_snapshot = 1; }', WAKE_UP, ...lines].join('\n')
}
