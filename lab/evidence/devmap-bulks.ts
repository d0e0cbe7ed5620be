/** Bulks of devmaps that were alike, and what an observation says of them. */
import type { DevmapXmitEvent, Observation } from './observation.ts'

/** Bulks from one port to another that ended in the same way. */
export interface DevmapBulks {
  /** Ifindex of the port the frames came in by, and of the target. */
  readonly from: number
  readonly to: number
  /** As the kernel's error number above zero; 0 for none. */
  readonly errno: number
  /** Frames of each bulk that the driver took, and that it refused. */
  readonly sent: number
  readonly drops: number
  /** How many. */
  readonly bulks: number
}

/** @param alike each combination of ports, errno, sent and drops once. */
export function observedBulks(
  alike: readonly DevmapBulks[],
): Pick<Observation, 'devmapXmits' | 'devmapBulks'> & { readonly hits: number } {
  const events = new Map<string, DevmapXmitEvent>()
  const sizes: Record<number, number> = {}
  for (const { from, to, errno, sent, drops, bulks } of alike) {
    const key = [from, to, errno].join()
    const so = events.get(key)
    events.set(key, {
      fromIfindex: from,
      toIfindex: to,
      errno,
      bulks: (so?.bulks ?? 0) + bulks,
      sent: (so?.sent ?? 0) + sent * bulks,
      drops: (so?.drops ?? 0) + drops * bulks,
    })
    sizes[sent + drops] = (sizes[sent + drops] ?? 0) + bulks
  }
  return {
    devmapXmits: [...events.values()],
    devmapBulks: sizes,
    hits: alike.reduce((sum, { bulks }) => sum + bulks, 0),
  }
}
