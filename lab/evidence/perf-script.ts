/** Reads what `perf script` prints of the xdp tracepoints (their print formats: include/trace/events/xdp.h). */

/**
 * What perf cannot read it does not print, and its events are lost. (Two `perf record -a` on one machine make
 * the kernel write PERF_RECORD_KSYMBOL with a wrong size, which perf 6.1 gives up at.)
 */
export const UNREAD = 'UNREAD: perf script ended with exit code'
const LOST = /PERF_RECORD_LOST(?:_SAMPLES)?.*lost(?: samples)?[ :]+(\d+)/
const EVENT = /\[(\d+)\]\s+[\d.]+:\s+xdp:(xdp_\w+): (.*)$/
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
  xdp_drop: /\bxdp_drop=(-?\d+)/,
}
type Field = keyof typeof FIELDS

/** Sums over one trial, in the same words as Observation. */
export interface PerfCounts {
  /** Frames by errno of xdp_redirect_err. */
  readonly redirectErrors: Readonly<Record<number, number>>
  /** Frames by action of xdp_exception: `ABORTED`. */
  readonly exceptions: Readonly<Record<string, number>>
  readonly devmap: {
    readonly bulks: number
    readonly sent: number
    readonly drops: number
    /** What the drops are made of: frames by the port that they came from and the errno of their bulk. */
    readonly dropped: readonly {
      readonly fromIfindex: number
      readonly errno: number
      readonly frames: number
    }[]
  }
  /** Of all cpumaps on the machine: these events name no port. By map id. */
  readonly enqueues: Readonly<Record<number, { readonly processed: number; readonly drops: number }>>
  /** What the threads of cpumaps' entries did, by map id. */
  readonly kthreads: Readonly<Record<number, { readonly processed: number; readonly drop: number }>>
  /** Events that the kernel could not hand to perf. */
  readonly lost: number
  /** Files that perf itself could not read: nobody knows how many events were in them. */
  readonly unread: number
  readonly events: number
  /**
   * Samples that came again, which are not counted: one with the CPU, the nanosecond and every field of the one before.
   * The kernel was seen to write some twice (Linux 6.18: 3 to 20 in a million, up to 16 in a row).
   */
  readonly repeated: number
}

/** @param ifindexes of the DUT's ports; events of others are left out. */
export function parsePerfScript(lines: readonly string[], ifindexes: ReadonlySet<number>): PerfCounts {
  const redirectErrors: Record<number, number> = {}
  const enqueues: Record<number, { processed: number; drops: number }> = {}
  const kthreads: Record<number, { processed: number; drop: number }> = {}
  const dropped: { fromIfindex: number; errno: number; frames: number }[] = []
  const devmap = { bulks: 0, sent: 0, drops: 0, dropped }
  const exceptions: Record<string, number> = {}
  let lost = 0
  let unread = 0
  let events = 0
  let repeated = 0
  const lastOf = new Map<string, string>()
  for (const line of lines) {
    if (line.startsWith(UNREAD)) unread++
    else if (line.includes('PERF_RECORD_LOST')) lost += Number(LOST.exec(line)?.[1] ?? 0)
    const [, cpu = '', event, fields = ''] = EVENT.exec(line) ?? []
    if (event === undefined) continue
    const ours = PORTS.some((name) => ifindexes.has(field(fields, name) ?? -1))
    if (!ours && !event.startsWith('xdp_cpumap')) continue
    if (lastOf.get(cpu) === line) {
      repeated++
      continue
    }
    lastOf.set(cpu, line)
    events++
    switch (event) {
      case 'xdp_redirect_err':
      case 'xdp_redirect_map_err':
        add(redirectErrors, -(field(fields, 'err') ?? 0), 1)
        break
      case 'xdp_exception':
        add(exceptions, /\baction=(\w+)/.exec(fields)?.[1] ?? 'unknown', 1)
        break
      case 'xdp_devmap_xmit':
        devmap.bulks++
        devmap.sent += field(fields, 'sent') ?? 0
        devmap.drops += field(fields, 'drops') ?? 0
        noteDrops(dropped, fields)
        break
      case 'xdp_cpumap_enqueue': {
        const queue = (enqueues[field(fields, 'map_id') ?? 0] ??= { processed: 0, drops: 0 })
        queue.processed += field(fields, 'processed') ?? 0
        queue.drops += field(fields, 'drops') ?? 0
        break
      }
      case 'xdp_cpumap_kthread': {
        const thread = (kthreads[field(fields, 'map_id') ?? 0] ??= { processed: 0, drop: 0 })
        thread.processed += field(fields, 'processed') ?? 0
        thread.drop += field(fields, 'xdp_drop') ?? 0
        break
      }
      default:
    }
  }
  return { redirectErrors, exceptions, devmap, enqueues, kthreads, lost, unread, events, repeated }
}

function noteDrops(dropped: { fromIfindex: number; errno: number; frames: number }[], fields: string): void {
  const frames = field(fields, 'drops') ?? 0
  if (frames === 0) return
  const fromIfindex = field(fields, 'from_ifindex') ?? 0
  const errno = Math.abs(field(fields, 'err') ?? 0)
  const before = dropped.find((one) => one.fromIfindex === fromIfindex && one.errno === errno)
  if (before) before.frames += frames
  else dropped.push({ fromIfindex, errno, frames })
}

/** One trial has tens of thousands of lines: only what is asked for is looked up in them. */
function field(fields: string, name: Field): number | undefined {
  const found = FIELDS[name].exec(fields)
  return found ? Number(found[1]) : undefined
}

function add<K extends string | number>(sums: Partial<Record<K, number>>, key: K, amount: number): void {
  sums[key] = (sums[key] ?? 0) + amount
}
