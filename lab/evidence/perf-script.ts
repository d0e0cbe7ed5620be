/** Reads what `perf script` prints of the xdp tracepoints (their print formats: include/trace/events/xdp.h). */

/** Sums over one trial, in the same words as Observation. */
export interface PerfCounts {
  /** Frames by errno of xdp_redirect_err. */
  readonly redirectErrors: Readonly<Record<number, number>>
  readonly exceptions: number
  readonly devmap: { readonly bulks: number; readonly sent: number; readonly drops: number }
  /** Of all cpumaps on the machine: these events name no port. By map id. */
  readonly enqueues: Readonly<Record<number, { readonly processed: number; readonly drops: number }>>
  /** Events that the kernel could not hand to perf. */
  readonly lost: number
  readonly events: number
}

/** @param ifindexes of the DUT's ports; events of others are left out. */
export function parsePerfScript(lines: readonly string[], ifindexes: ReadonlySet<number>): PerfCounts {
  const redirectErrors: Record<number, number> = {}
  const enqueues: Record<number, { processed: number; drops: number }> = {}
  const devmap = { bulks: 0, sent: 0, drops: 0 }
  let exceptions = 0
  let lost = 0
  let events = 0
  for (const line of lines) {
    const gap = /PERF_RECORD_LOST(?:_SAMPLES)?.*lost(?: samples)?[ :]+(\d+)/.exec(line)
    if (gap) lost += Number(gap[1])
    const [, event, rest = ''] = /xdp:(xdp_\w+): (.*)$/.exec(line) ?? []
    if (event === undefined) continue
    const fields = fieldsOf(rest)
    const ours = ['ifindex', 'from_ifindex', 'to_ifindex'].some((name) => ifindexes.has(fields[name] ?? -1))
    if (!ours && !event.startsWith('xdp_cpumap')) continue
    events++
    switch (event) {
      case 'xdp_redirect_err':
      case 'xdp_redirect_map_err':
        add(redirectErrors, -(fields['err'] ?? 0), 1)
        break
      case 'xdp_exception':
        exceptions++
        break
      case 'xdp_devmap_xmit':
        devmap.bulks++
        devmap.sent += fields['sent'] ?? 0
        devmap.drops += fields['drops'] ?? 0
        break
      case 'xdp_cpumap_enqueue': {
        const queue = (enqueues[fields['map_id'] ?? 0] ??= { processed: 0, drops: 0 })
        queue.processed += fields['processed'] ?? 0
        queue.drops += fields['drops'] ?? 0
        break
      }
      default:
    }
  }
  return { redirectErrors, exceptions, devmap, enqueues, lost, events }
}

function fieldsOf(text: string): Record<string, number> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=(-?\d+)/g)].map(([, name, value]) => [name!, Number(value)]),
  )
}

function add(sums: Record<number, number>, key: number, amount: number): void {
  sums[key] = (sums[key] ?? 0) + amount
}
