/** The same for programs: one document. */
import { errnoName } from '../units/errno.ts'
import { ACTIONS } from '../units/redirect.ts'
import type { Cost } from './cost.ts'
import { hazardsOf } from './hazards.ts'
import { lostFrames, redirectedFrames } from './summary-text.ts'
import { targetOf } from './survey.ts'
import type { Sight } from './watch.ts'
import { featureNames } from './words.ts'

export function asJson(host: string, kernel: string, sight: Sight, cost: Cost): unknown {
  const { lookup, observed } = sight
  const ports = new Set([...lookup.attachedPorts(), ...lookup.targetPorts()])
  const lost = lostFrames(sight.losses)
  return {
    host,
    kernel,
    seconds: sight.seconds,
    losing: lost > 0,
    lostFrames: lost,
    redirectedFrames: redirectedFrames(sight),
    losses: sight.losses,
    hazards: hazardsOf(lookup),
    hits: sight.hits,
    foreignHits: sight.foreignHits,
    lostEvents: sight.lostEvents,
    incomplete: sight.incomplete,
    namespaces: sight.namespaces,
    errors: observed.redirects
      .filter(({ errno }) => errno !== 0)
      .map(({ program, ifindex, toIfindex, map, key, errno, frames }) => ({
        ...{ program, map, key, ifindex, toIfindex },
        ...{ errno: errnoName(errno), frames },
      })),
    exceptions: observed.exceptions.map(({ program, action, ifindex, frames }) => ({
      ...{ program, ifindex, action: `XDP_${ACTIONS[action] ?? action}`, frames },
    })),
    devmapBulks: observed.devmapXmits,
    cpumapBulks: observed.cpumapEnqueues,
    cpumapThreads: observed.cpumapKthreads,
    countersMoved: sight.moved,
    setup: {
      ports: [...ports].map((port) => ({
        interface: port.interface,
        ifindex: port.ifindex,
        kind: port.kind,
        mtu: port.mtu,
        up: port.up,
        carrier: port.carrier,
        programs: port.xdp,
        features: port.features === undefined ? null : featureNames(port).split(' '),
      })),
      programs: lookup.survey.programs,
      sockets: lookup.survey.sockets,
      maps: lookup.survey.maps.map((map) => ({ ...map, type: targetOf(map) ?? 'program array' })),
    },
    cost,
  }
}
