/** The moment, in lines: rates per probe, errors by program and map, bulks, counters that move. */
import type { Observation } from '../evidence/observation.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS } from '../units/redirect.ts'
import { handedOver } from './sightings.ts'
import type { Lookup } from './survey.ts'
import type { Sight } from './watch.ts'
import { mapName, number, portName, programName } from './words.ts'

/** @param before the sight of a while ago; rates are of the time between. */
export function liveText(now: Sight, before?: Sight): string[] {
  return [
    `events/s   ${ratesText(now, before)}`,
    ...histogram(now.lookup, now.observed).map((row) => `errors     ${row}`),
    ...bulks(now.lookup, now.observed).map((row) => `bulks      ${row}`),
    ...countersText(now).map((row) => `counters   ${row}`),
    `lost       ${lossesText(now, before)}`,
  ]
}

/** One line for a log. */
export function lineText(now: Sight, before?: Sight): string {
  return `${now.seconds.toFixed(0).padStart(3)} s  events/s: ${ratesText(now, before)}; lost: ${lossesText(now, before)}`
}

function ratesText(now: Sight, before?: Sight): string {
  const seconds = now.seconds - (before?.seconds ?? 0)
  const rates = Object.entries(now.hits).map(
    ([probe, hits]) => [probe, (hits - (before?.hits[probe] ?? 0)) / seconds] as const,
  )
  const moving = rates
    .filter(([, rate]) => rate > 0)
    .map(([probe, rate]) => `${probe} ${number(Math.ceil(rate))}`)
  return moving.join(', ') || 'none'
}

function lossesText({ losses, seconds }: Sight, before?: Sight): string {
  if (losses.length === 0) return 'nothing'
  const total = (sight: Sight | undefined) =>
    (sight?.losses ?? []).reduce((sum, { frames }) => sum + frames, 0)
  const all = losses.reduce((sum, { frames }) => sum + frames, 0)
  const rate = (all - total(before)) / (seconds - (before?.seconds ?? 0))
  const parts = losses.map(
    ({ reason, frames, to }) => `${reason}${to === undefined ? '' : ` ${to}`} ${number(frames)}`,
  )
  return `${number(all)} (${number(Math.round(rate))}/s): ${parts.join(', ')}`
}

/** Errno and action by program and map. */
export function histogram(lookup: Lookup, { redirects, exceptions }: Observation): string[] {
  const rows = new Map<string, Map<string, number>>()
  const add = (row: string, name: string, frames: number) => {
    const counts = rows.get(row) ?? new Map<string, number>()
    counts.set(name, (counts.get(name) ?? 0) + frames)
    rows.set(row, counts)
  }
  for (const { program, map, errno, frames } of redirects) {
    if (errno === 0) continue
    const found = lookup.map(map)
    add(`${programName(lookup, program)}, ${found ? mapName(found) : 'no map'}`, errnoName(errno), frames)
  }
  for (const { program, action, frames } of exceptions)
    add(programName(lookup, program), `XDP_${ACTIONS[action] ?? action}`, frames)
  return [...rows].map(
    ([row, counts]) => `${row}: ${[...counts].map(([name, count]) => `${name} ${number(count)}`).join(', ')}`,
  )
}

/** Frames handed over at once: few in a bulk cost the sender more (DEV_MAP_BULK_SIZE is 16, CPU_MAP_BULK_SIZE 8). */
export function bulks(lookup: Lookup, { devmapXmits, cpumapEnqueues }: Observation): string[] {
  const rows = new Map<string, { frames: number; bulks: number; drops: number }>()
  const add = (row: string, frames: number, count: number, drops: number) => {
    const sums = rows.get(row) ?? { frames: 0, bulks: 0, drops: 0 }
    rows.set(row, { frames: sums.frames + frames, bulks: sums.bulks + count, drops: sums.drops + drops })
  }
  for (const { fromIfindex, toIfindex, bulks: count, sent, drops } of devmapXmits)
    add(`${portName(lookup, fromIfindex)} → ${portName(lookup, toIfindex)}`, sent + drops, count, drops)
  for (const { map, toCpu, bulks: count, processed, drops } of cpumapEnqueues) {
    const found = lookup.map(map)
    add(
      `${found ? mapName(found) : `map ${map}`} → CPU ${toCpu}`,
      handedOver(lookup, map, processed, drops),
      count,
      drops,
    )
  }
  return [...rows].map(
    ([row, { frames, bulks: count, drops }]) =>
      `${row}: ${number(frames)} frames in ${number(count)} bulks, ${(frames / count).toFixed(1)} each${drops > 0 ? `, ${number(drops)} of them dropped` : ''}`,
  )
}

/** Not the frames that just pass: what tells of trouble, and what drivers count of XDP. */
const TELLING = /xdp|drop|err|miss|discard|fail|full|over|no_?buf|timeout/i
const PASSING = /bytes|packets$/

export function tellingCounters({
  moved,
}: Pick<Sight, 'moved'>): [port: string, counters: [string, number][]][] {
  return Object.entries(moved).flatMap(([port, counters]): [string, [string, number][]][] => {
    const telling = Object.entries(counters).filter(([name]) => TELLING.test(name) && !PASSING.test(name))
    return telling.length === 0 ? [] : [[port, telling]]
  })
}

export const countersText = (sight: Pick<Sight, 'moved'>): string[] =>
  tellingCounters(sight).map(
    ([port, counters]) =>
      `${port}: ${counters.map(([name, change]) => `${name.replace(/^link\./, '')} +${number(change)}`).join(', ')}`,
  )
