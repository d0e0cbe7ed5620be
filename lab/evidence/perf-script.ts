/** Reads what `perf script` prints of the xdp tracepoints (their print formats: include/trace/events/xdp.h). */

const LOST = /PERF_RECORD_LOST(?:_SAMPLES)?.*lost(?: samples)?[ :]+(\d+)/
const EVENT = /xdp:(xdp_\w+): (.*)$/
const PORTS = ['ifindex', 'from_ifindex', 'to_ifindex'] as const
const FIELDS = {
  ifindex: /\bifindex=(-?\d+)/,
  from_ifindex: /\bfrom_ifindex=(-?\d+)/,
  to_ifindex: /\bto_ifindex=(-?\d+)/,
  err: /\berr=(-?\d+)/,
  sent: /\bsent=(-?\d+)/,
  drops: /\bdrops=(-?\d+)/,
  map_id: /\bmap_id=(-?\d+)/,
  processed: /\bprocessed=(-?\d+)/,
}
type Field = keyof typeof FIELDS

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
    if (line.includes('PERF_RECORD_LOST')) lost += Number(LOST.exec(line)?.[1] ?? 0)
    const [, event, fields = ''] = EVENT.exec(line) ?? []
    if (event === undefined) continue
    const ours = PORTS.some((name) => ifindexes.has(field(fields, name) ?? -1))
    if (!ours && !event.startsWith('xdp_cpumap')) continue
    events++
    switch (event) {
      case 'xdp_redirect_err':
      case 'xdp_redirect_map_err':
        add(redirectErrors, -(field(fields, 'err') ?? 0), 1)
        break
      case 'xdp_exception':
        exceptions++
        break
      case 'xdp_devmap_xmit':
        devmap.bulks++
        devmap.sent += field(fields, 'sent') ?? 0
        devmap.drops += field(fields, 'drops') ?? 0
        break
      case 'xdp_cpumap_enqueue': {
        const queue = (enqueues[field(fields, 'map_id') ?? 0] ??= { processed: 0, drops: 0 })
        queue.processed += field(fields, 'processed') ?? 0
        queue.drops += field(fields, 'drops') ?? 0
        break
      }
      default:
    }
  }
  return { redirectErrors, exceptions, devmap, enqueues, lost, events }
}

/** One trial has tens of thousands of lines: only what is asked for is looked up in them. */
function field(fields: string, name: Field): number | undefined {
  const found = FIELDS[name].exec(fields)
  return found ? Number(found[1]) : undefined
}

function add(sums: Record<number, number>, key: number, amount: number): void {
  sums[key] = (sums[key] ?? 0) + amount
}
