/** Which events are this setup's and what is said of it before any frame comes. */
import { expect, test } from '@playwright/test'
import { hazardsOf } from '../../../lab/explain/hazards.ts'
import { setupText } from '../../../lab/explain/setup-text.ts'
import { NOTHING_SEEN } from '../../../lab/evidence/observation.ts'
import { added, hitsOf, ours } from '../../../lab/explain/sightings.ts'
import { mergeSurveys } from '../../../lab/explain/survey.ts'
import { ALL, map, port, program, refused, saw, setup, toB1 } from './setups.ts'

test('events of other programs, maps and ports are left out, though interfaces have the same numbers', () => {
  const xmit = { errno: 0, bulks: 1, sent: 1, drops: 0 }
  const enqueue = { cpu: 0, toCpu: 1, bulks: 1, processed: 1, drops: 0 }
  const thread = { cpu: 1, processed: 1, drops: 0, pass: 1, drop: 0, redirect: 0 }
  const all = saw({
    redirects: [...refused(100).redirects, ...refused(100, { program: 99 }).redirects],
    exceptions: [12, 99].map((id) => ({ program: id, action: 0, ifindex: 2, frames: 1 })),
    devmapXmits: [
      { ...xmit, fromIfindex: 2, toIfindex: 3 },
      { ...xmit, fromIfindex: 3, toIfindex: 2 },
      { ...xmit, fromIfindex: 2, toIfindex: 88 },
    ],
    cpumapEnqueues: [17, 99].map((id) => ({ ...enqueue, map: id })),
    cpumapKthreads: [17, 99].map((id) => ({ ...thread, map: id })),
  })
  const mine = ours(all, toB1())
  expect(mine.redirects.map((one) => one.program)).toEqual([12])
  expect(mine.exceptions.map((one) => one.program)).toEqual([12])
  expect(mine.devmapXmits.map(({ toIfindex }) => toIfindex)).toEqual([3])
  expect([...mine.cpumapEnqueues, ...mine.cpumapKthreads].map((one) => one.map)).toEqual([17, 17])
  expect(hitsOf(mine)).toEqual({
    xdp_redirect_err: 40,
    xdp_exception: 1,
    xdp_devmap_xmit: 1,
    xdp_cpumap_enqueue: 1,
  })
})

test('observations add up row by row', () => {
  const twice = added(added(NOTHING_SEEN, refused(100)), added(refused(100), refused(90)))
  expect(twice.redirects.map(({ errno, frames }) => [errno, frames])).toEqual([
    [100, 80],
    [90, 40],
  ])
  expect(added(saw({ probes: { 'xdp:a': 1 } }), saw({ probes: { 'xdp:a': 2 } })).probes).toEqual({
    'xdp:a': 3,
  })
})

test('what has gone since is still known by its number', () => {
  const before = toB1().survey
  const now = { ...before, programs: [program(13, 'newer')], ports: [port('a1', 2, { up: false })] }
  const merged = mergeSurveys(before, now)
  expect(merged.programs.map(({ id }) => id)).toEqual([13, 12])
  expect(merged.ports.map((one) => [one.interface, one.up])).toEqual([
    ['a1', false],
    ['b1', true],
  ])
})

test('what will lose frames is seen before any come', () => {
  const place = 'b1, entry 3 of map 17 tx_ports,'
  expect(hazardsOf(toB1({ up: false, features: 3 }))).toEqual([
    `${place} is down`,
    `${place} has MTU 1500, and a1 has 9000`,
    `${place} does not take redirected frames (xdp-features: basic redirect)`,
  ])
  expect(hazardsOf(toB1({ mtu: 9000, features: ALL }))).toEqual([])
  const empty = setup({
    ports: [port('a1', 2, { program: 12 })],
    programs: [program(12, 'steer', [17])],
    maps: [map(17, 'tx_ports', 'devmap', [])],
  })
  expect(hazardsOf(empty)).toEqual(['map 17 tx_ports is empty: every lookup in it misses'])
})

test('a setup is described: programs and modes, maps and entries, ports and their state', () => {
  const text = setupText(
    setup({
      ports: [port('a1', 2, { program: 12, mode: 'generic' }), port('b1', 3, { up: false })],
      programs: [program(12, 'steer', [17, 18]), program(31, 'on_egress')],
      maps: [
        map(17, 'tx_ports', 'devmap-hash', [{ key: 3, ifindex: 3, program: 31 }]),
        map(18, 'workers', 'cpumap', [{ key: 1, queue: 192 }]),
      ],
    }),
  )
  expect(text).toContain('a1: program 12 steer (generic); up, MTU 1500')
  expect(text).toContain('program 31 on_egress: on entry 3 of map 17 tx_ports')
  expect(text).toContain('devmap-hash of 64 entries, with entry 3 → b1, with program 31 on_egress')
  expect(text).toContain('entry 1 → CPU 1, a queue of 192 frames')
  expect(text).toContain('b1: down, MTU 1500')
})
