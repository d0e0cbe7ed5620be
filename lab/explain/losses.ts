/**
 * Joins what the tracepoints and counters said with what is set up, and says of each loss why. Pure: events,
 * survey and counters in, sentences out. A frame is booked once, though the kernel may tell of it twice.
 */
import type { Observation, RedirectEvent } from '../evidence/observation.ts'
import { reasonFor, type Stage } from '../measure/reasons.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS, type Target } from '../units/redirect.ts'
import type { Loss } from './loss.ts'
import { redirectCause } from './redirect-cause.ts'
import { handedOver } from './sightings.ts'
import { type Entry, type Lookup, type Port, type RedirectMap, targetOf } from './survey.ts'
import {
  contentsText,
  entriesText,
  frames as framesText,
  kindOf,
  mapName,
  number,
  portName,
  programName,
} from './words.ts'

/** Counters that moved, by interface and name. */
export type Moved = Readonly<Record<string, Readonly<Record<string, number>>>>

const [ABORTED, TX, REDIRECT] = (['ABORTED', 'TX', 'REDIRECT'] as const).map((name) => ACTIONS.indexOf(name))
const UNKNOWN = {
  meaning: 'nothing that this version knows by name',
  try: 'look the function up in the kernel’s source',
}

/** Most frames first. */
export function explainLosses(lookup: Lookup, observed: Observation, moved: Moved): Loss[] {
  const losses = [
    ...redirectErrors(lookup, observed),
    ...exceptions(lookup, observed),
    ...devmapDrops(lookup, observed, moved),
    ...cpumapDrops(lookup, observed),
    ...cpumapThreads(lookup, observed),
    ...counted(lookup, observed, moved),
  ]
  return losses.filter(({ frames }) => frames > 0).sort((a, b) => b.frames - a.frames)
}

/** What the table of reasons says, with what is known of this setup put over it. */
function loss(
  stage: Stage,
  reason: string,
  frames: number,
  about: {
    target: Target | undefined
    cause: string
    seenBy: string
    try?: string | undefined
    program?: Loss['program'] | undefined
    map?: Loss['map'] | undefined
    from?: string | undefined
    to?: string | undefined
    mayBeMeant?: boolean
  },
): Loss {
  const row = reasonFor(stage, reason, about.target ?? 'ifindex') ?? {
    ...UNKNOWN,
    where: stage === 'flush' ? 'ndo_xdp_xmit' : 'xdp_do_redirect',
  }
  const { target, program, map, from, to } = about
  return {
    stage,
    reason,
    frames,
    ...(target && { target }),
    ...(program && { program }),
    ...(map && { map }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    meaning: row.meaning,
    cause: about.cause,
    try: about.try ?? row.try,
    where: row.where,
    seenBy: about.seenBy,
    mayBeMeant: about.mayBeMeant ?? false,
  }
}

const named = (lookup: Lookup, id: number): NonNullable<Loss['program']> => ({
  id,
  name: lookup.program(id)?.name ?? '',
})

/** Events that differ in the key only are one loss: a thousand entries may lead to one port. */
function grouped<Row>(rows: readonly Row[], key: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row])
  return [...groups.values()]
}

const sum = <Row>(rows: readonly Row[], count: (row: Row) => number): number =>
  rows.reduce((total, row) => total + count(row), 0)

function redirectErrors(lookup: Lookup, { redirects }: Observation): Loss[] {
  const refused = redirects.filter(({ errno }) => errno !== 0)
  const alike = ({ program, ifindex, toIfindex, map, errno }: RedirectEvent) =>
    [program, ifindex, toIfindex, map, errno].join()
  return grouped(refused, alike).map((rows) => {
    const { program, ifindex, toIfindex, map: mapId, errno: code } = rows[0]!
    const map = lookup.map(mapId)
    const target = map ? targetOf(map) : mapId === 0 ? 'ifindex' : undefined
    const keys = rows.map(({ key }) => key)
    const errno = errnoName(code)
    const from = lookup.port(ifindex)
    const found = redirectCause(lookup, { errno, map, maps: lookup.mapsFrom(program), keys, from, toIfindex })
    const way = map ? `through ${mapName(map)}, ${entriesText(keys)}` : 'without a map'
    return loss(
      'redirect',
      errno,
      sum(rows, ({ frames }) => frames),
      {
        target,
        program: named(lookup, program),
        map: map && { id: map.id, name: map.name, keys },
        from: portName(lookup, ifindex),
        ...(toIfindex === 0 ? {} : { to: portName(lookup, toIfindex) }),
        cause: found?.cause ?? `${programName(lookup, program)} redirects ${way}`,
        try: found?.try,
        seenBy: 'xdp_redirect_err',
      },
    )
  })
}

function exceptions(lookup: Lookup, observed: Observation): Loss[] {
  return observed.exceptions.flatMap(({ program, action, ifindex, frames }) => {
    const answer = `XDP_${ACTIONS[action] ?? action}`
    const about = {
      program: named(lookup, program),
      from: portName(lookup, ifindex),
      seenBy: 'xdp_exception',
    }
    const on = lookup.entriesWith(program)
    if (on.length > 0) return onEntry(lookup, { on, answer, frames, about })
    if (action === REDIRECT) return echoed(lookup, observed, { program, ifindex, frames, about })
    const maps = lookup.mapsFrom(program)
    const target = maps.map(targetOf).find((one) => one !== undefined)
    const elsewhere = !lookup.portsOf(program).some((port) => port.ifindex === ifindex)
    if (action === TX && elsewhere)
      return [
        loss('wire', 'transmit dropped', frames, {
          ...about,
          target,
          from: undefined,
          to: portName(lookup, ifindex),
          cause: `the transmit queue of ${portName(lookup, ifindex)} was stopped or full after ${programName(lookup, program)} had redirected (generic mode)`,
        }),
      ]
    return [
      loss('program', answer, frames, {
        ...about,
        target,
        cause: action === ABORTED ? missCause(lookup, program, maps) : answerCause(lookup, program, answer),
        try: action === ABORTED ? missTry(maps) : undefined,
      }),
    ]
  })
}

/** A lookup that misses leaves no trace but the program's answer, and that not the key. */
function missCause(lookup: Lookup, program: number, maps: readonly RedirectMap[]): string {
  const name = programName(lookup, program)
  if (maps.length === 0)
    return `${name} answered XDP_ABORTED, and uses no redirect map: it gave up by itself, or bpf_redirect() got flags that it does not know`
  const those = maps.map((map) => `${mapName(map)} (${kindOf(map)}), ${contentsText(lookup, map)}`)
  return `${name} looked up a key that its map has no entry for, with flags 0, or gave up by itself; it redirects through ${those.join('; ')}`
}

const missTry = (maps: readonly RedirectMap[]): string | undefined =>
  maps.length === 0
    ? undefined
    : `add the entry that is missing (bpftool map update id ${maps[0]!.id} key …), or give the helper a fallback in its flags (XDP_PASS); no tracepoint tells the key`

const answerCause = (lookup: Lookup, program: number, answer: string): string =>
  `${programName(lookup, program)} answered ${answer}, and the driver could not do it`

/** Programs on entries: of a devmap on the way out, of a cpumap on its CPU. */
function onEntry(
  lookup: Lookup,
  at: {
    on: readonly { map: RedirectMap; entry: Entry }[]
    answer: string
    frames: number
    about: { program: { id: number; name: string }; from: string; seenBy: string }
  },
): Loss[] {
  const { map } = at.on[0]!
  const keys = at.on.filter((one) => one.map === map).map(({ entry }) => entry.key)
  const target = targetOf(map)
  return [
    loss(target === 'cpumap' ? 'cpu' : 'egress', at.answer, at.frames, {
      ...at.about,
      target,
      map: { id: map.id, name: map.name, keys },
      cause: `${programName(lookup, at.about.program.id)}, on ${entriesText(keys)} of ${mapName(map)}, answered ${at.answer}`,
    }),
  ]
}

/**
 * Many drivers fire xdp_exception(XDP_REDIRECT) for a frame that xdp_redirect_err has told of already. What is
 * left over was refused before that tracepoint: up to Linux 6.2, every frame of several buffers.
 */
function echoed(
  lookup: Lookup,
  { redirects }: Observation,
  {
    program,
    ifindex,
    frames,
    about,
  }: {
    program: number
    ifindex: number
    frames: number
    about: { program: { id: number; name: string }; from: string; seenBy: string }
  },
): Loss[] {
  const told = redirects.filter(
    (one) => one.errno !== 0 && one.program === program && one.ifindex === ifindex,
  )
  return [
    loss('redirect', 'EOPNOTSUPP', Math.max(0, frames - sum(told, (one) => one.frames)), {
      ...about,
      target: lookup
        .mapsFrom(program)
        .map(targetOf)
        .find((one) => one !== undefined),
      cause: `${portName(lookup, ifindex)} could not redirect what ${programName(lookup, program)} told it to, and no xdp_redirect_err says why: on Linux up to 6.2 frames in several buffers end so`,
      try: 'a smaller MTU where the frames come in, so that each fits one buffer',
    }),
  ]
}

/** Handed to ndo_xdp_xmit() in bulks: dropped by the program on the entry, or refused by the driver. */
function devmapDrops(lookup: Lookup, observed: Observation, moved: Moved): Loss[] {
  const dropped = observed.devmapXmits.filter(({ drops }) => drops > 0)
  return dropped.flatMap(({ fromIfindex, toIfindex, errno, drops, sent }) => {
    const from = lookup.port(fromIfindex)
    const ways = from ? lookup.waysBetween(from, toIfindex) : []
    const map = ways[0]?.map
    const keys = ways.filter((way) => way.map === map).map(({ entry }) => entry.key)
    const program = ways.find(({ entry }) => entry.program !== undefined)?.entry.program
    const to = portName(lookup, toIfindex)
    const about = {
      target: (map && targetOf(map)) ?? ('ifindex' as const),
      map: map && { id: map.id, name: map.name, keys },
      from: portName(lookup, fromIfindex),
      to,
      seenBy: 'xdp_devmap_xmit',
    }
    const place = map ? `${to}, ${entriesText(keys)} of ${mapName(map)},` : to
    if (errno === 0 && program !== undefined) {
      // The bulk's drops hold those of the program too, which the driver's own counters do not.
      const refused = Math.min(drops, refusals(moved[to] ?? {}))
      const aborted = sum(
        observed.exceptions.filter((one) => one.program === program && one.ifindex === toIfindex),
        (one) => one.frames,
      )
      return [
        loss('egress', 'XDP_DROP', Math.max(0, drops - refused - aborted), {
          ...about,
          program: named(lookup, program),
          cause: `${programName(lookup, program)}, on ${entriesText(keys)} of ${map ? mapName(map) : 'the map'}, dropped them before they reached ${to}`,
          mayBeMeant: true,
        }),
        loss('flush', 'refused', refused, { ...about, cause: refusedCause(place, sent) }),
      ]
    }
    const reason = errno === 0 ? 'refused' : errnoName(errno)
    return [
      loss('flush', reason, drops, { ...about, cause: flushCause(lookup, place, toIfindex, reason, sent) }),
    ]
  })
}

const refusedCause = (place: string, sent: number): string =>
  `${place} took ${framesText(sent)} and not the rest: its transmit ring was full`

function flushCause(lookup: Lookup, place: string, toIfindex: number, reason: string, sent: number): string {
  if (reason === 'refused') return refusedCause(place, sent)
  const to = lookup.port(toIfindex)
  const state = to && !to.up ? 'is down' : to && !to.carrier ? 'has no carrier' : 'refused whole bulks'
  return `${place} ${state}`
}

/** What a driver counts of redirected frames that it could not send. */
function refusals(counters: Readonly<Record<string, number>>): number {
  const drivers = Object.entries(counters).filter(([name]) => /xdp_?(tx_|xmit_)?(err|full|drop)/.test(name))
  return Math.max(
    sum(drivers, ([name, change]) => (name.startsWith('rx_') ? 0 : change)),
    counters['link.tx_dropped'] ?? 0,
    0,
  )
}

/** Native: the redirect had counted as successful. Generic: xdp_redirect_err says it too, and is the one booked. */
function cpumapDrops(lookup: Lookup, { cpumapEnqueues, redirects }: Observation): Loss[] {
  return grouped(cpumapEnqueues, ({ map, toCpu }) => `${map},${toCpu}`).flatMap((rows) => {
    const { map: mapId, toCpu } = rows[0]!
    const map = lookup.map(mapId)
    const told = redirects.filter(
      (one) => one.map === mapId && one.key === toCpu && errnoName(one.errno) === 'ENOSPC',
    )
    const frames = sum(rows, ({ drops }) => drops) - sum(told, (one) => one.frames)
    if (!map || frames <= 0) return []
    const queue = map.entries?.find(({ key }) => key === toCpu)?.queue
    const offered = sum(rows, (one) => handedOver(lookup, mapId, one.processed, one.drops))
    return [
      loss('flush', 'queue full', frames, {
        target: 'cpumap',
        map: { id: map.id, name: map.name, keys: [toCpu] },
        to: `CPU ${toCpu}`,
        cause: `the queue of CPU ${toCpu}, ${entriesText([toCpu])} of ${mapName(map)}, ${queue === undefined ? 'was full' : `holds ${framesText(queue)} and was full`}: ${framesText(frames)} of ${number(offered)} found no place`,
        try:
          queue === undefined
            ? undefined
            : `a longer queue (its value in the map is ${queue}, up to 16384), less load, another CPU than the one where the frames come in`,
        seenBy: 'xdp_cpumap_enqueue',
      }),
    ]
  })
}

/** What the thread of an entry did with what it took out. */
function cpumapThreads(
  lookup: Lookup,
  { cpumapKthreads, redirects, exceptions: thrown }: Observation,
): Loss[] {
  return grouped(cpumapKthreads, ({ map, cpu }) => `${map},${cpu}`).flatMap((rows) => {
    const { map: mapId, cpu } = rows[0]!
    const map = lookup.map(mapId)
    if (!map) return []
    const program = map.entries?.find(({ key }) => key === cpu)?.program
    const about = {
      target: 'cpumap' as const,
      map: { id: map.id, name: map.name, keys: [cpu] },
      to: `CPU ${cpu}`,
      seenBy: 'xdp_cpumap_kthread',
      ...(program !== undefined && { program: named(lookup, program) }),
    }
    // A redirect that failed there counts as a drop, and xdp_redirect_err has told of it.
    const told =
      sum(
        redirects.filter((one) => one.errno !== 0 && one.program === program),
        (one) => one.frames,
      ) +
      sum(
        thrown.filter((one) => one.program === program),
        (one) => one.frames,
      )
    return [
      loss('cpu', 'XDP_DROP', Math.max(0, sum(rows, ({ drop }) => drop) - told), {
        ...about,
        cause: `${program === undefined ? 'the program' : programName(lookup, program)}, on ${entriesText([cpu])} of ${mapName(map)}, dropped them or aborted`,
        mayBeMeant: true,
      }),
      loss(
        'cpu',
        'no skb',
        sum(rows, ({ drops }) => drops),
        {
          ...about,
          cause: `the thread of ${entriesText([cpu])} of ${mapName(map)} got no memory for them`,
        },
      ),
    ]
  })
}

/** Losses that only ports count: before XDP, and behind a redirect in generic mode. */
function counted(lookup: Lookup, observed: Observation, moved: Moved): Loss[] {
  const change = (port: Port, name: string) => Math.max(0, moved[port.interface]?.[`link.${name}`] ?? 0)
  const before = lookup.attachedPorts().map((port) =>
    loss('ingress', 'ring full', change(port, 'rx_missed_errors') + change(port, 'rx_fifo_errors'), {
      target: undefined,
      from: port.interface,
      cause: `${port.interface} had no room for them in its receive ring: they never reached the program`,
      seenBy: 'rx_missed_errors, rx_fifo_errors',
    }),
  )
  const generic = lookup
    .attachedPorts()
    .flatMap(({ xdp }) => xdp.filter(({ mode }) => mode === 'generic').map(({ program }) => program))
  const reached = new Set(
    generic
      .flatMap((program) => lookup.mapsFrom(program))
      .flatMap(({ entries }) => (entries ?? []).flatMap(({ ifindex }) => ifindex ?? [])),
  )
  const behind = lookup.survey.ports
    .filter(({ ifindex }) => reached.has(ifindex))
    .map((port) => {
      const told =
        sum(
          observed.devmapXmits.filter(({ toIfindex }) => toIfindex === port.ifindex),
          ({ drops }) => drops,
        ) +
        sum(
          observed.exceptions.filter((one) => one.ifindex === port.ifindex && one.action === TX),
          (one) => one.frames,
        )
      return loss('wire', 'transmit dropped', Math.max(0, change(port, 'tx_dropped') - told), {
        target: 'devmap',
        to: port.interface,
        cause: `${port.interface} dropped them after the redirect had succeeded (generic mode)`,
        seenBy: 'tx_dropped',
      })
    })
  return [...before, ...behind]
}
