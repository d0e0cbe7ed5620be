import { expect, test } from '@playwright/test'
import { type Ledger, makeLedger } from '../../../lab/measure/ledger.ts'
import { reasonFor, STAGES } from '../../../lab/measure/reasons.ts'
import { MODES, TARGETS } from '../../../lab/units/redirect.ts'
import { type Bed, EGRESS, factsOf, type Losses } from './bed-model.ts'

/** Losses in the ledger's words: `7 flush: refused`. */
const words = ({ lost }: Ledger): string[] =>
  lost.map(({ count, stage, reason }) => `${count} ${stage}: ${reason}`)
const disagreeing = ({ agreements }: Ledger): string[] =>
  agreements.filter(({ agree }) => !agree).map(({ what }) => what)

interface Case {
  readonly finding: string
  readonly bed: Bed
  readonly losses: Losses
  readonly words: readonly string[]
}

const NATIVE: Bed = { target: 'devmap', mode: 'native' }
const GENERIC: Bed = { target: 'devmap', mode: 'generic' }
const CPU: Bed = { target: 'cpumap', mode: 'native' }
const GENERIC_CPU: Bed = { target: 'cpumap', mode: 'generic' }

const CASES: readonly Case[] = [
  {
    finding:
      'What the receive ring of a veth port refuses shows at the sender in two counters, and is lost once',
    bed: NATIVE,
    losses: { ringFull: 300 },
    words: ['300 ingress: ring full'],
  },
  {
    finding: 'What the receive ring of a NIC refuses shows at the DUT',
    bed: { ...NATIVE, driver: 'ice' },
    losses: { ringFull: 300 },
    words: ['300 ingress: ring full'],
  },
  {
    finding: 'The program’s own answers are losses by action',
    bed: NATIVE,
    losses: { program: { ABORTED: 1, DROP: 20, PASS: 3, TX: 4 } },
    words: ['1 program: XDP_ABORTED', '20 program: XDP_DROP', '3 program: XDP_PASS', '4 program: XDP_TX'],
  },
  {
    finding: 'Refused redirects are losses by errno, and their echo as exceptions is not counted again',
    bed: NATIVE,
    losses: { redirect: { ENETDOWN: 10, EMSGSIZE: 5 } },
    words: ['10 redirect: ENETDOWN', '5 redirect: EMSGSIZE'],
  },
  {
    finding: 'Bulks taken in part, and bulks refused with an errno, are lost at the flush',
    bed: NATIVE,
    losses: { refused: 6, xmit: { ENXIO: 32, ENETDOWN: 16 } },
    words: ['32 flush: ENXIO', '16 flush: ENETDOWN', '6 flush: refused'],
  },
  {
    finding: 'What the egress program dropped is among a bulk’s drops, and is counted once',
    bed: NATIVE,
    losses: { refused: 6, egress: { DROP: 100, ABORTED: 1 } },
    words: ['6 flush: refused', '1 egress: XDP_ABORTED', '100 egress: XDP_DROP'],
  },
  {
    finding: 'What the egress program dropped is taken from bulks without errno first',
    bed: NATIVE,
    losses: { refused: 6, xmit: { ENXIO: 16 }, egress: { DROP: 100 } },
    words: ['16 flush: ENXIO', '6 flush: refused', '100 egress: XDP_DROP'],
  },
  {
    finding: 'What the egress program dropped of a bulk that the port then refused is counted once',
    bed: NATIVE,
    losses: { xmit: { ENXIO: 16 }, egress: { DROP: 4 }, egressInRefusedBulk: 4 },
    words: ['12 flush: ENXIO', '4 egress: XDP_DROP'],
  },
  {
    finding: 'In generic mode the egress program’s drops and the port’s drops show in no bulk',
    bed: GENERIC,
    losses: { egress: { DROP: 100 }, txDropped: 7 },
    words: ['100 egress: XDP_DROP', '7 wire: transmit dropped'],
  },
  {
    finding: 'In native mode a full queue of a CPU is lost at the flush, and the redirect had succeeded',
    bed: CPU,
    losses: { queueFull: 200 },
    words: ['200 flush: queue full'],
  },
  {
    finding: 'In generic mode a full queue of a CPU is ENOSPC, and the enqueue’s drop is the same frame',
    bed: GENERIC_CPU,
    losses: { redirect: { ENOSPC: 200 } },
    words: ['200 redirect: ENOSPC'],
  },
  {
    finding:
      'The target CPU loses what its program answers, and what it passes to a stack that does not deliver',
    bed: CPU,
    losses: { cpu: { DROP: 10, ABORTED: 1, TX: 2, PASS: 5 } },
    words: ['1 cpu: XDP_ABORTED', '10 cpu: XDP_DROP', '2 cpu: XDP_TX', '5 cpu: XDP_PASS'],
  },
  {
    finding: 'A frame that was passed and got no socket buffer is lost once',
    bed: CPU,
    losses: { cpu: { PASS: 50 }, noSkb: 8 },
    words: ['8 cpu: no skb', '42 cpu: XDP_PASS'],
  },
  {
    finding: 'What a delivering stack was passed arrives, except for what got no socket buffer',
    bed: { ...CPU, stackDelivers: true },
    losses: { cpu: { PASS: 900 }, noSkb: 8 },
    words: ['8 cpu: no skb'],
  },
  {
    finding: 'What a delivering stack refuses is named by its counter, and what it delivers arrives',
    bed: { ...CPU, stackDelivers: true },
    losses: { cpu: { PASS: 900 }, noSkb: 8, stack: { 'Ip.InHdrErrors': 30 } },
    words: ['8 cpu: no skb', '30 stack: Ip.InHdrErrors'],
  },
  {
    finding:
      'What the target CPU cannot redirect onward is a redirect error, and not a second drop of its thread',
    bed: CPU,
    losses: { onward: { ENETDOWN: 30 }, queueFull: 5 },
    words: ['30 redirect: ENETDOWN', '5 flush: queue full'],
  },
  {
    finding: 'What the port refuses of a CPU’s bulks is lost at the flush, as from any other CPU',
    bed: CPU,
    losses: { refused: 9, queueFull: 5 },
    words: ['5 flush: queue full', '9 flush: refused'],
  },
  {
    finding: 'A broadcast loses as many copies of a frame as it would have made',
    bed: { ...NATIVE, copies: 2 },
    losses: { ringFull: 10, program: { ABORTED: 5 }, redirect: { EINVAL: 3 } },
    words: ['20 ingress: ring full', '10 program: XDP_ABORTED', '6 redirect: EINVAL'],
  },
  {
    finding: 'A broadcast loses copies one by one behind the redirect',
    bed: { ...NATIVE, copies: 2 },
    losses: { refused: 3, xmit: { EINVAL: 16 } },
    words: ['16 flush: EINVAL', '3 flush: refused'],
  },
  {
    finding: 'Frames at a port where none should arrive are named by it',
    bed: NATIVE,
    losses: { wrongPort: 12 },
    words: ['12 wire: wrong port'],
  },
  {
    finding: 'What a socket cannot take is a redirect error',
    bed: { target: 'xskmap', mode: 'native' },
    losses: { redirect: { ENOBUFS: 40, ENXIO: 2 } },
    words: ['40 redirect: ENOBUFS', '2 redirect: ENXIO'],
  },
]

for (const { finding, bed, losses, words: expected } of CASES)
  test(finding, () => {
    const ledger = makeLedger(factsOf(bed, losses))
    expect(words(ledger).sort()).toEqual([...expected].sort())
    expect(ledger.unexplained).toBe(0)
    expect(disagreeing(ledger)).toEqual([])
  })

test('Light evidence closes the same accounts as full evidence', () => {
  for (const { bed, losses, finding } of CASES) {
    const ledger = makeLedger(factsOf({ ...bed, level: 'light' }, losses))
    expect(ledger.unexplained, finding).toBe(0)
    expect(disagreeing(ledger), finding).toEqual([])
  }
})

for (const target of TARGETS)
  for (const mode of MODES)
    test(`Without losses the account of ${target}, ${mode}, is empty and closes, for one frame and for a million`, () => {
      for (const offered of [0, 1, 1_000_000]) {
        const ledger = makeLedger(factsOf({ target, mode, offered }))
        expect(ledger).toMatchObject({ offered, due: offered, received: offered, lost: [], unexplained: 0 })
        expect(disagreeing(ledger)).toEqual([])
      }
    })

test('The steps lead from what was offered to what arrived, and no step loses more than came into it', () => {
  for (const { bed, losses, finding } of CASES) {
    const ledger = makeLedger(factsOf(bed, losses))
    let frames = ledger.due
    for (const step of ledger.steps) {
      expect(step.in, `${finding}: into ${step.stage}`).toBe(frames)
      expect(step.lost, `${finding}: lost at ${step.stage}`).toBeLessThanOrEqual(step.in)
      frames -= step.lost
    }
    expect(frames, finding).toBe(ledger.received)
    expect(ledger.steps.map(({ stage }) => stage)).toEqual(
      STAGES.filter(
        (stage) => (stage !== 'cpu' || bed.target === 'cpumap') && (stage !== 'stack' || bed.stackDelivers),
      ),
    )
  }
})

test('Every loss of these accounts has words', () => {
  for (const { bed, losses, finding } of CASES)
    for (const { stage, reason } of makeLedger(factsOf(bed, losses)).lost)
      expect(reasonFor(stage, reason, bed.target), `${finding}: ${stage}: ${reason}`).toBeDefined()
})

test('A frame that nothing names is unexplained, and one that is named twice is unexplained below zero', () => {
  const facts = factsOf(NATIVE)
  const { b } = facts.arrivals
  const missing = { ...facts, arrivals: { ...facts.arrivals, b: { ...b!, frames: b!.frames - 3 } } }
  expect(makeLedger(missing)).toMatchObject({ received: 997, lost: [], unexplained: 3 })
  const extra = { ...facts, arrivals: { ...facts.arrivals, b: { ...b!, frames: b!.frames + 3 } } }
  expect(makeLedger(extra)).toMatchObject({ unexplained: -3 })
  const twice = {
    ...facts,
    arrivals: { ...facts.arrivals, b: { ...b!, frames: b!.frames + 3, duplicates: 3 } },
  }
  expect(makeLedger(twice), 'a frame that came twice arrived once').toMatchObject({
    received: 1000,
    unexplained: 0,
  })
})

test('What was in a socket that was closed is named, where every frame was watched', () => {
  const facts = { ...factsOf({ target: 'xskmap', mode: 'native' }), socketClosed: true }
  const closed = { ...facts, arrivals: { ...facts.arrivals, b: { ...facts.arrivals['b']!, frames: 950 } } }
  expect(words(makeLedger(closed))).toEqual(['50 wire: socket closed'])
  expect(makeLedger(closed).unexplained).toBe(0)
  const light = { ...closed, evidence: { ...closed.evidence, level: 'light' as const } }
  expect(makeLedger(light)).toMatchObject({ lost: [], unexplained: 50 })
})

test('Frames that came back to the sender by XDP_TX are named by the program alone', () => {
  const facts = factsOf(NATIVE, { program: { TX: 40 } })
  const back = { ...facts, arrivals: { ...facts.arrivals, a: { ...facts.arrivals['a']!, frames: 40 } } }
  expect(words(makeLedger(back))).toEqual(['40 program: XDP_TX'])
  expect(makeLedger(back).unexplained).toBe(0)
})

test('An event that perf sees once more or once less than bpftrace is noticed, whatever came again', () => {
  const facts = factsOf({ ...NATIVE, offered: 10_000 }, { program: { ABORTED: 5000 } })
  const withPerf = (exceptions: number) => {
    const perf = { ...facts.evidence.perf!, exceptions: { ABORTED: exceptions }, repeated: 6 }
    return disagreeing(makeLedger({ ...facts, evidence: { ...facts.evidence, perf } }))
  }
  expect([4999, 5000, 5001].map(withPerf)).toEqual([['exceptions'], [], ['exceptions']])
})

test('perf and bpftrace agree to the frame, or as closely as what either lost allows', () => {
  const facts = factsOf(NATIVE)
  const perf = facts.evidence.perf!
  const off = { ...perf, devmap: { ...perf.devmap, sent: perf.devmap.sent - 20 } }
  const ledgerOf = (evidence: Partial<typeof facts.evidence>) =>
    makeLedger({ ...facts, evidence: { ...facts.evidence, perf: off, ...evidence } })
  expect(disagreeing(ledgerOf({}))).toEqual(['frames sent in bulks'])
  // One event tells of 16 frames at the most.
  for (const lost of [{ perf: { ...off, lost: 1 } }, { lostEvents: 1 }, { missedEvents: 1 }])
    expect(disagreeing(ledgerOf(lost))).toEqual(['frames sent in bulks'])
  for (const lost of [{ perf: { ...off, lost: 2 } }, { lostEvents: 2 }, { missedEvents: 2 }]) {
    const { agreements } = ledgerOf(lost)
    expect(agreements.find(({ what }) => what === 'frames sent in bulks')).toMatchObject({
      agree: true,
      unsure: 32,
    })
  }
  expect(
    disagreeing(ledgerOf({ perf: { ...off, unread: 1, events: 0, devmap: { ...off.devmap, sent: 0 } } })),
  ).toEqual([])
})

test('What the program passes goes on to a stack that delivers, and is lost where none does', () => {
  const facts = factsOf(NATIVE, { program: { PASS: 40 } })
  expect(words(makeLedger(facts))).toEqual(['40 program: XDP_PASS'])
  const { b } = facts.arrivals
  const delivered = {
    ...facts,
    stackDelivers: true,
    arrivals: { ...facts.arrivals, b: { ...b!, frames: b!.frames + 40 } },
  }
  expect(makeLedger(delivered)).toMatchObject({ lost: [], unexplained: 0, received: 1000 })
})

test('A CPU’s entry without a program leaves its frames to the stack, which is named where it delivers none', () => {
  const facts = factsOf(CPU)
  const none = facts.answers.egress
  const without = {
    ...facts,
    answers: { ...facts.answers, cpu: none },
    arrivals: { ...facts.arrivals, b: { ...facts.arrivals['b']!, frames: 0 } },
  }
  expect(words(makeLedger(without))).toEqual(['1000 cpu: no program'])
  expect(makeLedger(without).unexplained).toBe(0)
})

test('A broadcast names the copies that a dead port did not get, in either mode', () => {
  const ports = new Set([EGRESS, EGRESS + 1])
  const interfaces = { sender: 't0', ingress: 'd0', egress: ['d1', 'd2'] }
  const native = { ...factsOf(NATIVE), copies: 2, egressIfindexes: ports, interfaces }
  expect(words(makeLedger(native))).toEqual(['1000 redirect: target skipped'])
  expect(makeLedger(native)).toMatchObject({ due: 2000, received: 1000, unexplained: 0 })
  // Above the driver the port that is down is an error, and ends the round.
  const generic = factsOf(GENERIC)
  const event = generic.evidence.observation.redirects[0]!
  const observation = {
    ...generic.evidence.observation,
    redirects: [{ ...event, errno: 100, frames: 1000 }],
  }
  const dead = {
    ...generic,
    copies: 2,
    egressIfindexes: ports,
    interfaces,
    evidence: { ...generic.evidence, observation },
  }
  expect(words(makeLedger(dead))).toEqual(['1000 redirect: ENETDOWN'])
  expect(makeLedger(dead).unexplained).toBe(0)
})
