/** Everything that the tracepoints said so far, and the part of it that belongs to what was surveyed. */
import type { Observation } from '../evidence/observation.ts'
import type { Lookup } from './survey.ts'

/** One observation of both times. */
export function added(first: Observation, second: Observation): Observation {
  return {
    probes: sumOf(first.probes, second.probes),
    redirects: rowsOf(first.redirects, second.redirects, ['frames']),
    exceptions: rowsOf(first.exceptions, second.exceptions, ['frames']),
    devmapXmits: rowsOf(first.devmapXmits, second.devmapXmits, ['bulks', 'sent', 'drops']),
    cpumapEnqueues: rowsOf(first.cpumapEnqueues, second.cpumapEnqueues, ['bulks', 'processed', 'drops']),
    cpumapKthreads: rowsOf(first.cpumapKthreads, second.cpumapKthreads, [
      'processed',
      'drops',
      'pass',
      'drop',
      'redirect',
    ]),
    devmapBulks: sumOf(first.devmapBulks, second.devmapBulks),
    cpumapBulks: sumOf(first.cpumapBulks, second.cpumapBulks),
    stacks: rowsOf(first.stacks, second.stacks, ['frames']),
  }
}

/**
 * Tracepoints are the whole kernel's, and interfaces in other network namespaces may have the same numbers.
 * What names a program or a map is sorted by that; xdp_devmap_xmit names ports only.
 */
export function ours(all: Observation, lookup: Lookup): Observation {
  const sources = new Set(lookup.attachedPorts().map(({ ifindex }) => ifindex))
  const targets = new Set([
    ...lookup.survey.ports.map(({ ifindex }) => ifindex),
    ...lookup.survey.maps.flatMap(({ entries }) => (entries ?? []).flatMap(({ ifindex }) => ifindex ?? [])),
  ])
  const known = ({ map }: { readonly map: number }) => lookup.map(map) !== undefined
  return {
    ...all,
    // Counted of everybody.
    probes: {},
    redirects: all.redirects.filter(({ program }) => lookup.program(program)),
    exceptions: all.exceptions.filter(({ program }) => lookup.program(program)),
    devmapXmits: all.devmapXmits.filter(
      ({ fromIfindex, toIfindex }) => sources.has(fromIfindex) && targets.has(toIfindex),
    ),
    cpumapEnqueues: all.cpumapEnqueues.filter(known),
    cpumapKthreads: all.cpumapKthreads.filter(known),
  }
}

/** `processed` has the dropped ones in it in native mode, and not in generic mode (kernel/bpf/cpumap.c). */
export const handedOver = (lookup: Lookup, map: number, processed: number, drops: number): number =>
  lookup.isGeneric(map) ? processed + drops : processed

/** How often each tracepoint was hit, of those whose events say by whom. */
export function hitsOf(observed: Observation): Record<string, number> {
  const of = <T>(rows: readonly T[], count: (row: T) => number) =>
    rows.reduce((sum, row) => sum + count(row), 0)
  const hits = {
    xdp_redirect: of(observed.redirects, ({ errno, frames }) => (errno === 0 ? frames : 0)),
    xdp_redirect_err: of(observed.redirects, ({ errno, frames }) => (errno === 0 ? 0 : frames)),
    xdp_exception: of(observed.exceptions, ({ frames }) => frames),
    xdp_devmap_xmit: of(observed.devmapXmits, ({ bulks }) => bulks),
    xdp_cpumap_enqueue: of(observed.cpumapEnqueues, ({ bulks }) => bulks),
  }
  return Object.fromEntries(Object.entries(hits).filter(([, count]) => count > 0))
}

function sumOf(first: Readonly<Record<string, number>>, second: Readonly<Record<string, number>>) {
  const sums: Record<string, number> = { ...first }
  for (const [key, value] of Object.entries(second)) sums[key] = (sums[key] ?? 0) + value
  return sums
}

/** Rows that differ in their amounts only become one. */
function rowsOf<Row extends object>(
  first: readonly Row[],
  second: readonly Row[],
  amounts: readonly (keyof Row & string)[],
): Row[] {
  const rows = new Map<string, Row>()
  for (const row of [...first, ...second]) {
    const key = JSON.stringify(
      Object.entries(row).filter(([name]) => !(amounts as readonly string[]).includes(name)),
    )
    const before = rows.get(key) as Record<string, number> | undefined
    const now = row as Record<string, number>
    rows.set(
      key,
      before === undefined
        ? row
        : {
            ...row,
            ...Object.fromEntries(amounts.map((name) => [name, before[name]! + now[name]!])),
          },
    )
  }
  return [...rows.values()]
}
