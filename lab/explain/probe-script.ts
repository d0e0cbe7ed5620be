/**
 * The bpftrace program that watches somebody's machine: what is lost, and bulks. It counts in maps that
 * `Bpftrace` reads, and leaves sorting out whose events they are for later, since programs and ports may
 * change meanwhile.
 */
import { WAKE_UP } from '../evidence/bpftrace-script.ts'
import type { Probes } from '../evidence/probes.ts'

/** Holds the number of bpftrace's own process: a name that `Bpftrace` does not read. */
export const OBSERVER = '@observer'

const REDIRECT =
  '{ @redirect[args->prog_id, args->ifindex, args->to_ifindex, args->map_id, args->map_index, args->err] = count(); }'

/** Each field is read once; what is zero nearly always is not summed. */
const CLAUSES: Readonly<Record<string, string>> = {
  xdp_redirect_err: REDIRECT,
  // Removed in Linux 6.17; the same fields (kernel commit a9a5f41b04dd).
  xdp_redirect_map_err: REDIRECT,
  xdp_exception: '{ @exception[args->prog_id, args->act, args->ifindex] = count(); }',
  xdp_devmap_xmit: `{ $from = args->from_ifindex; $to = args->to_ifindex; $err = args->err; $drops = args->drops;
      @devmap_bulks[$from, $to, $err] = count(); @devmap_sent[$from, $to, $err] = sum(args->sent);
      if ($drops > 0) { @devmap_drops[$from, $to, $err] = sum($drops); } }`,
  xdp_cpumap_enqueue: `{ $map = args->map_id; $cpu = args->cpu; $to = args->to_cpu; $drops = args->drops;
      @enqueue_bulks[$map, $cpu, $to] = count(); @enqueue_processed[$map, $cpu, $to] = sum(args->processed);
      if ($drops > 0) { @enqueue_drops[$map, $cpu, $to] = sum($drops); } }`,
  xdp_cpumap_kthread: `{ $map = args->map_id; $cpu = args->cpu; @probe[probe] = count();
      @kthread_processed[$map, $cpu] = sum(args->processed);
      $drops = args->drops; $pass = args->xdp_pass; $drop = args->xdp_drop; $redirect = args->xdp_redirect;
      if ($drops > 0) { @kthread_drops[$map, $cpu] = sum($drops); }
      if ($pass > 0) { @kthread_pass[$map, $cpu] = sum($pass); }
      if ($drop > 0) { @kthread_drop[$map, $cpu] = sum($drop); }
      if ($redirect > 0) { @kthread_redirect[$map, $cpu] = sum($redirect); } }`,
}
/** One event a frame, lost or not: several times the cost of all the others. */
const PER_FRAME = ['xdp_redirect', 'xdp_redirect_map']

export function probeScript(probes: Probes, perFrame: boolean): string {
  const clause = (name: string): string => {
    if (PER_FRAME.includes(name)) return REDIRECT
    // The rest are rare: XDP_TX bulks, memory models that come and go.
    return CLAUSES[name] ?? '{ @probe[probe] = count(); }'
  }
  const watched = [...probes].filter((name) => perFrame || !PER_FRAME.includes(name)).sort()
  return [
    `BEGIN { @zz_end_of_snapshot = 1; ${OBSERVER} = pid; }`,
    WAKE_UP,
    ...watched.map((name) => `tracepoint:xdp:${name} ${clause(name)}`),
  ].join('\n')
}
