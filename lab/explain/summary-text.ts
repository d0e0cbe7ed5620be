/** What stands at the end of a watch: each loss with its reason, what else moved, what cannot be seen. */
import { STAGE_MEANING } from '../measure/reasons.ts'
import type { Cost } from './cost.ts'
import { hazardsOf } from './hazards.ts'
import { bulks, countersText, histogram } from './live-text.ts'
import type { Loss } from './loss.ts'
import { handedOver } from './sightings.ts'
import { targetOf } from './survey.ts'
import type { Sight } from './watch.ts'
import { frames, number } from './words.ts'

/** @param perFrame whether frames that were redirected well were counted one by one. */
export function summaryText(sight: Sight, cost: Cost, perFrame: boolean): string {
  const broken = sight.losses.filter(({ mayBeMeant }) => !mayBeMeant)
  const meant = sight.losses.filter(({ mayBeMeant }) => mayBeMeant)
  return [
    headline(sight, broken, perFrame),
    ...broken.map(lossText),
    ...(meant.length === 0 ? [] : ['Dropped by programs, which may be meant so:', ...meant.map(lossText)]),
    section('Will lose frames as soon as some come that way', hazardsOf(sight.lookup)),
    section('Errors by program and map', histogram(sight.lookup, sight.observed)),
    section('Bulks', bulks(sight.lookup, sight.observed)),
    section('Counters that moved', countersText(sight)),
    section('Not to be seen from outside', blindSpots(sight, perFrame)),
    costText(cost, sight, perFrame),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

export const lostFrames = (losses: readonly Loss[]): number =>
  losses.reduce((sum, loss) => sum + (loss.mayBeMeant ? 0 : loss.frames), 0)

function headline(sight: Sight, broken: readonly Loss[], perFrame: boolean): string {
  const time = `${sight.seconds.toFixed(1)} s`
  if (broken.length > 0) {
    const reasons = broken.length === 1 ? 'one reason' : `${broken.length} reasons`
    return `Frames are being lost: ${number(lostFrames(broken))} in ${time}, for ${reasons}.`
  }
  const redirected = redirectedFrames(sight)
  if (redirected > 0) return `No loss: ${frames(redirected)} redirected in ${time}, and none lost on the way.`
  if (quietTargets(sight) && !perFrame)
    return `No loss in ${time}. What was redirected well shows only with --per-frame here (generic mode, AF_XDP). ${arrivals(sight)}`
  return `No loss, and no redirect either: in ${time} nothing was redirected. ${arrivals(sight)}`
}

/** As far as bulks and single events tell. */
export function redirectedFrames({ lookup, observed }: Sight): number {
  const bulk =
    observed.devmapXmits.reduce((sum, { sent }) => sum + sent, 0) +
    observed.cpumapEnqueues.reduce(
      (sum, { map, processed, drops }) => sum + handedOver(lookup, map, processed, drops) - drops,
      0,
    )
  const single = observed.redirects.reduce(
    (sum, { errno, frames: count }) => sum + (errno === 0 ? count : 0),
    0,
  )
  return Math.max(bulk, single)
}

/** Generic devmaps and AF_XDP sockets have no bulks of which a tracepoint tells. */
const quietTargets = ({ lookup }: Sight): boolean =>
  lookup.attachedPorts().some(({ xdp }) => xdp.some(({ mode }) => mode === 'generic')) ||
  lookup.survey.maps.some((map) => targetOf(map) === 'xskmap')

function arrivals({ lookup, moved }: Sight): string {
  const ports = lookup.attachedPorts().map((port) => ({
    name: port.interface,
    packets: moved[port.interface]?.['link.rx_packets'] ?? 0,
  }))
  const busy = ports.filter(({ packets }) => packets > 0)
  if (busy.length === 0)
    return `Nothing came in at ${ports.map(({ name }) => name).join(', ')}, as far as the port counts it.`
  const counted = busy.map(({ name, packets }) => `${name} received ${number(packets)}`)
  return `Meanwhile ${counted.join(', ')}: what the programs answered, no tracepoint tells.`
}

function lossText(loss: Loss): string {
  const { reason, meaning, cause, where, seenBy, stage } = loss
  return [
    `${frames(loss.frames)}: ${reason}${passage(loss)}`,
    `  why    ${sentence(cause)}`,
    `  means  ${sentence(meaning)}`,
    `  at     ${STAGE_MEANING[stage]}; ${where}; seen by ${seenBy}`,
    `  try    ${sentence(loss.try)}`,
  ].join('\n')
}

function passage({ from, to }: Loss): string {
  if (from !== undefined && to !== undefined) return `, ${from} → ${to}`
  if (to !== undefined) return `, on the way to ${to}`
  return from === undefined ? '' : `, at ${from}`
}

const sentence = (text: string): string => `${text}.`

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n')

/** Said every time: a tool that sees most losses is believed to see all. */
function blindSpots(sight: Sight, perFrame: boolean): string[] {
  const { lookup, observed, moved, foreignHits, lostEvents, namespaces, incomplete } = sight
  const maps = lookup.survey.maps
  const told = observed.exceptions.reduce((sum, one) => sum + one.frames, 0)
  const dropped = lookup
    .attachedPorts()
    .flatMap((port) => Object.entries(moved[port.interface] ?? {}))
    .filter(([name]) => /^rx.*xdp_?drops?$/.test(name))
    .reduce((sum, [, change]) => sum + change, 0)
  return [
    'XDP_DROP and XDP_PASS, also as the fallback of a lookup that misses: no tracepoint, only the program knows',
    ...(dropped > told
      ? [
          `  the drivers count ${frames(dropped)} dropped by programs, ${number(dropped - told)} more than aborted`,
        ]
      : []),
    ...(maps.some(({ entries }) => (entries?.length ?? 0) > 1)
      ? ['a broadcast (BPF_F_BROADCAST) leaves out ports that are down or refuse, and tells nobody']
      : []),
    'what happens behind a port: cable, switch, receiver',
    ...(perFrame ? [] : ['frames redirected well one by one: --per-frame counts them, and costs more']),
    ...(namespaces > 1 && observed.devmapXmits.length > 0
      ? [
          `whose bulks they are, for sure: xdp_devmap_xmit names ports by number only, and this machine has ${namespaces} network namespaces`,
        ]
      : []),
    ...(foreignHits > 0
      ? [`${number(foreignHits)} events were of other setups on this machine, and left out`]
      : []),
    ...(incomplete
      ? ['entries of maps with errors beyond some 16,000: counts are too low, --interface narrows the view']
      : []),
    ...(lostEvents > 0 ? [`bpftrace lost ${number(lostEvents)} events: counts are too low by as much`] : []),
  ]
}

function costText(cost: Cost, { seconds }: Sight, perFrame: boolean): string {
  const share = ((cost.probeSeconds / seconds) * 100).toFixed(cost.probeSeconds / seconds < 0.001 ? 3 : 1)
  const how = cost.measured
    ? 'measured by the kernel'
    : 'an estimate; kernel.bpf_stats_enabled=1 has the kernel measure it'
  const own = [
    ...(cost.bpftraceSeconds === null
      ? []
      : [`bpftrace ${cost.bpftraceSeconds.toFixed(2)} s of CPU, its start with it`]),
    ...(cost.agentSeconds === null ? [] : [`the agent ${cost.agentSeconds.toFixed(2)} s`]),
  ]
  return [
    `Watching cost: ${own.join(', ')}${own.length > 0 ? '; ' : ''}${number(cost.hits)} probe hits of ${Math.round(cost.nsPerHit)} ns (${how}), ${share} % of one CPU.`,
    perFrame
      ? 'With --per-frame each redirected frame is a hit.'
      : 'Lost frames are a hit each, frames redirected well one for each bulk.',
  ].join('\n')
}
