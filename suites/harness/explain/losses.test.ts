/** Events joined with the setup: what a loss is called, and what it is put down to. */
import { constants } from 'node:os'
import { expect, test } from '@playwright/test'
import type { Loss } from '../../../lab/explain/loss.ts'
import { explainLosses } from '../../../lab/explain/losses.ts'
import type { Lookup } from '../../../lab/explain/survey.ts'
import type { Observation } from '../../../lab/evidence/observation.ts'
import { map, port, program, refused, saw, setup, toB1 } from './setups.ts'

const { ENETDOWN, EMSGSIZE, EOPNOTSUPP, EINVAL, ENOSPC, ENOBUFS, ENXIO } = constants.errno
const [ABORTED, DROP_TX, REDIRECT] = [0, 3, 4]

const only = (lookup: Lookup, seen: Observation): Loss => {
  const losses = explainLosses(lookup, seen, {})
  expect(losses).toHaveLength(1)
  return losses[0]!
}

/** What the setup adds to an errno. */
const CAUSES: readonly [title: string, lookup: Lookup, seen: Observation, cause: RegExp, remedy: RegExp][] = [
  [
    'a port that is down',
    toB1({ up: false }),
    refused(ENETDOWN),
    /^port b1, entry 3 of map 17 tx_ports, is down$/,
    /^ip link set dev b1 up$/,
  ],
  ['a port that was down', toB1(), refused(ENETDOWN), /has come up since$/, /takes b1 down/],
  [
    'a frame that is too long',
    toB1(),
    refused(EMSGSIZE),
    /b1, entry 3 of map 17 tx_ports, has MTU 1500, .*1518 bytes.* a1, .* has MTU 9000$/,
    /^ip link set dev b1 mtu 9000/,
  ],
  ['an MTU that is no smaller', toB1({ mtu: 9000 }), refused(EMSGSIZE), /longer ones came$/, /raise/],
  [
    'a NIC that takes no frames',
    toB1({ features: 3, kind: '' }),
    refused(EOPNOTSUPP),
    /does not take redirected frames \(its xdp-features: basic redirect\)$/,
    /attach an XDP program to b1$/,
  ],
  [
    'a veth port whose other end does not poll',
    toB1({ features: 3 }),
    refused(EOPNOTSUPP),
    /while its other end polls$/,
    /other end of b1, or turn its GRO on/,
  ],
  [
    'a port that takes frames of one buffer',
    toB1({ features: 7 }),
    refused(EOPNOTSUPP),
    /of one buffer only/,
    /./,
  ],
  ['a port that takes all by now', toB1(), refused(EOPNOTSUPP), /and does now/, /./],
  [
    'an entry written from another namespace',
    toB1(),
    refused(EOPNOTSUPP, { toIfindex: 77, key: 9 }),
    /entry 9 of map 17 tx_ports is ifindex 77 .*another namespace/,
    /bpftool map update id 17/,
  ],
  [
    'a lookup that missed and was redirected all the same',
    toB1(),
    refused(EINVAL, { map: 0, key: 0, toIfindex: 77 }),
    /lookup of key 77 in map 17 tx_ports had missed/,
    /return what the helper answers/,
  ],
  [
    'an ifindex that does not exist',
    setup({ ports: [port('a1', 2, { program: 12 })], programs: [program(12, 'steer')] }),
    refused(EINVAL, { map: 0, key: 0, toIfindex: 77 }),
    /ifindex 77, which no port has/,
    /ip link/,
  ],
]

for (const [title, lookup, seen, cause, remedy] of CAUSES)
  test(`an errno is put down to ${title}`, () => {
    const loss = only(lookup, seen)
    expect(loss.cause).toMatch(cause)
    expect(loss.try).toMatch(remedy)
    expect(loss).toMatchObject({
      stage: 'redirect',
      frames: 40,
      from: 'a1',
      program: { id: 12, name: 'steer' },
    })
  })

test('many entries that lead to one port are one loss', () => {
  const one = refused(ENETDOWN).redirects[0]!
  const redirects = Array.from({ length: 20 }, (_, key) => ({ ...one, key }))
  const loss = only(toB1({ up: false }), saw({ redirects }))
  expect(loss).toMatchObject({ frames: 800, map: { id: 17, keys: redirects.map(({ key }) => key) } })
  expect(loss.cause).toContain('entries 0, 1, 2, 3, 4, 5, 6, 7 and 12 more of map 17')
})

test('an aborted frame tells which keys the map has', () => {
  const exceptions = [{ program: 12, action: ABORTED, ifindex: 2, frames: 30 }]
  const loss = only(toB1(), saw({ exceptions }))
  expect(loss).toMatchObject({ stage: 'program', reason: 'XDP_ABORTED', frames: 30, target: 'devmap' })
  expect(loss.cause).toContain('map 17 tx_ports (devmap), with entry 3 → b1')
})

test('maps are found behind tail calls and in the programs of a dispatcher', () => {
  const lookup = setup({
    ports: [port('a1', 2, { program: 12 })],
    programs: [
      program(12, 'xdp_dispatcher'),
      program(13, 'chain', [20], { extends: 12 }),
      program(14, 'last', [21]),
    ],
    maps: [map(20, 'jumps', 'programs', [{ key: 0, program: 14 }]), map(21, 'deep', 'devmap', [])],
  })
  const loss = only(lookup, saw({ exceptions: [{ program: 12, action: ABORTED, ifindex: 2, frames: 1 }] }))
  expect(loss.cause).toContain('map 21 deep (devmap), which is empty')
})

test('what drivers say twice is booked once', () => {
  const exceptions = [{ program: 12, action: REDIRECT, ifindex: 2, frames: 40 }]
  expect(only(toB1({ up: false }), { ...refused(ENETDOWN), exceptions })).toMatchObject({
    reason: 'ENETDOWN',
  })
  // Up to Linux 6.2 a frame of several buffers is refused before xdp_redirect_err.
  expect(only(toB1(), saw({ exceptions }))).toMatchObject({ reason: 'EOPNOTSUPP', frames: 40 })
})

const workers = (mode: 'native' | 'generic', queue = 8, entryProgram?: number): Lookup =>
  setup({
    ports: [port('a1', 2, { program: 12, mode })],
    programs: [program(12, 'steer', [18]), program(30, 'on_cpu', [])],
    maps: [
      map(18, 'workers', 'cpumap', [
        { key: 1, queue, ...(entryProgram === undefined ? {} : { program: entryProgram }) },
      ]),
    ],
  })

test('a full queue is lost at the flush in native mode, and at the redirect in generic mode', () => {
  const enqueue = { map: 18, cpu: 0, toCpu: 1, bulks: 100 }
  const native = only(workers('native'), saw({ cpumapEnqueues: [{ ...enqueue, processed: 100, drops: 92 }] }))
  expect(native).toMatchObject({ stage: 'flush', reason: 'queue full', frames: 92, to: 'CPU 1' })
  expect(native.cause).toMatch(/CPU 1, entry 1 of map 18 workers, holds 8 frames .* 92 frames of 100/)
  const generic = only(workers('generic'), {
    ...refused(ENOSPC, { map: 18, key: 1, toIfindex: 0, frames: 92 }),
    cpumapEnqueues: [{ ...enqueue, processed: 8, drops: 92 }],
  })
  expect(generic).toMatchObject({ stage: 'redirect', reason: 'ENOSPC', frames: 92, target: 'cpumap' })
})

test('what a program on a CPU drops may be meant; what it fails to redirect is told by its errno', () => {
  const thread = { map: 18, cpu: 1, processed: 100, drops: 2, pass: 0, drop: 50, redirect: 48 }
  const losses = explainLosses(
    workers('native', 8, 30),
    { ...refused(ENETDOWN, { program: 30, frames: 20 }), cpumapKthreads: [thread] },
    {},
  )
  expect(losses.map(({ reason, stage, frames, mayBeMeant }) => [stage, reason, frames, mayBeMeant])).toEqual([
    ['cpu', 'XDP_DROP', 30, true],
    ['redirect', 'ENETDOWN', 20, false],
    ['cpu', 'no skb', 2, false],
  ])
})

const withEgress = setup({
  ports: [port('a1', 2, { program: 12 }), port('b1', 3)],
  programs: [program(12, 'steer', [17]), program(31, 'on_egress')],
  maps: [map(17, 'tx_ports', 'devmap', [{ key: 3, ifindex: 3, program: 31 }])],
})

test('the drops of a bulk are the program’s on the entry, what it aborted, and the port’s', () => {
  const devmapXmits = [{ fromIfindex: 2, toIfindex: 3, errno: 0, bulks: 10, sent: 60, drops: 40 }]
  const exceptions = [{ program: 31, action: ABORTED, ifindex: 3, frames: 5 }]
  const losses = explainLosses(withEgress, saw({ devmapXmits, exceptions }), {
    b1: { tx_queue_0_xdp_xmit_errors: 10, rx_queue_0_xdp_tx_errors: 99 },
  })
  expect(losses.map(({ stage, reason, frames, mayBeMeant }) => [stage, reason, frames, mayBeMeant])).toEqual([
    ['egress', 'XDP_DROP', 25, true],
    ['flush', 'refused', 10, false],
    ['egress', 'XDP_ABORTED', 5, false],
  ])
})

test('a refused bulk names the port, its entry, and what the driver answered', () => {
  const bulk = { fromIfindex: 2, toIfindex: 3, bulks: 4, sent: 4, drops: 60 }
  const full = only(toB1(), saw({ devmapXmits: [{ ...bulk, errno: 0 }] }))
  expect(full).toMatchObject({ stage: 'flush', reason: 'refused', frames: 60, from: 'a1', to: 'b1' })
  expect(full.cause).toBe(
    'b1, entry 3 of map 17 tx_ports, took 4 frames and not the rest: its transmit ring was full',
  )
  const noQueue = only(toB1(), saw({ devmapXmits: [{ ...bulk, errno: ENXIO }] }))
  expect(noQueue).toMatchObject({ reason: 'ENXIO', where: 'ndo_xdp_xmit' })
  expect(only(toB1(), saw({ devmapXmits: [{ ...bulk, errno: 99 }] }))).toMatchObject({
    reason: 'EADDRNOTAVAIL',
    where: 'ndo_xdp_xmit',
  })
})

test('an xskmap’s refusal tells which queues have sockets', () => {
  const survey = {
    ports: [port('a1', 2, { program: 12 })],
    programs: [program(12, 'steer', [19])],
    maps: [map(19, 'sockets', 'xskmap', null)],
  }
  const event = (errno: number) => refused(errno, { map: 19, key: 1, toIfindex: 0 })
  const bound = only(setup({ ...survey, sockets: [{ ifindex: 2, queue: 0 }] }), event(EINVAL))
  expect(bound).toMatchObject({ target: 'xskmap', where: 'xsk_rcv_check' })
  expect(bound.cause).toContain('sockets are bound to queue 0 of a1')
  const none = only(setup({ ...survey, sockets: [] }), event(ENXIO))
  expect(none.cause).toContain('no AF_XDP socket is bound to a1')
  expect(only(setup(survey), event(ENOBUFS)).meaning).toBe('the receive ring of the socket is full')
})

test('frames are lost before XDP, and behind a generic redirect, as the ports count', () => {
  const moved = {
    a1: { 'link.rx_missed_errors': 7, 'link.rx_fifo_errors': 3 },
    b1: { 'link.tx_dropped': 20 },
  }
  const reasons = (lookup: Lookup, seen = saw({})) =>
    explainLosses(lookup, seen, moved).map(({ stage, reason, frames }) => [stage, reason, frames])
  expect(reasons(toB1())).toEqual([['ingress', 'ring full', 10]])
  const generic = toB1({}, { xdp: [{ mode: 'generic', program: 12 }] })
  expect(reasons(generic)).toEqual([
    ['wire', 'transmit dropped', 20],
    ['ingress', 'ring full', 10],
  ])
  // A stopped queue says it twice.
  const exceptions = [{ program: 12, action: DROP_TX, ifindex: 3, frames: 20 }]
  expect(reasons(generic, saw({ exceptions }))).toEqual([
    ['wire', 'transmit dropped', 20],
    ['ingress', 'ring full', 10],
  ])
})

test('nothing lost is no loss', () => {
  const good = saw({
    redirects: [{ program: 12, ifindex: 2, toIfindex: 3, map: 17, key: 3, errno: 0, frames: 50 }],
    devmapXmits: [{ fromIfindex: 2, toIfindex: 3, errno: 0, bulks: 4, sent: 50, drops: 0 }],
  })
  expect(explainLosses(toB1(), good, { a1: { 'link.rx_packets': 50 } })).toEqual([])
})
