/** Who sees a loss sees as many frames of it as the ledger books. */
import { expect, test } from '@playwright/test'
import { makeLedger } from '../../../lab/measure/ledger.ts'
import { witnessesOf } from '../../../lab/measure/witnesses.ts'
import { type Bed, factsOf, type Losses } from './bed-model.ts'

const NATIVE: Bed = { target: 'devmap', mode: 'native' }
const CPU: Bed = { target: 'cpumap', mode: 'native' }

/** One loss each, and who can see it. */
const CASES: readonly [finding: string, bed: Bed, losses: Losses, seen: string][] = [
  ['a ring that is full', NATIVE, { ringFull: 30 }, 'counters'],
  ['a miss', NATIVE, { program: { ABORTED: 30 } }, 'bpftrace perf counters'],
  ['a program that drops, of which the kernel says nothing', NATIVE, { program: { DROP: 30 } }, 'counters'],
  ['a refused bulk', NATIVE, { xmit: { ENXIO: 32 } }, 'bpftrace perf'],
  ['a full queue of a CPU', CPU, { queueFull: 30 }, 'bpftrace perf'],
  [
    'a full queue of a CPU, generic',
    { ...CPU, mode: 'generic' },
    { redirect: { ENOSPC: 30 } },
    'bpftrace perf',
  ],
  ['a CPU’s program that drops', CPU, { cpu: { DROP: 30 } }, 'bpftrace perf counters'],
  ['a CPU’s program that drops, generic', { ...CPU, mode: 'generic' }, { cpu: { DROP: 30 } }, 'counters'],
  ['a CPU’s redirect that fails', CPU, { onward: { ENETDOWN: 30 } }, 'bpftrace perf'],
  ['no socket buffer', CPU, { cpu: { PASS: 30 }, noSkb: 30 }, 'bpftrace'],
  ['an egress program that drops', NATIVE, { egress: { DROP: 30 } }, 'bpftrace perf counters'],
  ['a frame at a wrong port', NATIVE, { wrongPort: 30 }, 'counters'],
]

for (const [finding, bed, losses, who] of CASES)
  test(`Of ${finding} tell: ${who}, each the count of the ledger`, () => {
    const facts = factsOf(bed, losses)
    const [loss] = makeLedger(facts).lost
    const { bpftrace, perf, counters } = witnessesOf(facts, loss!.stage, loss!.reason)
    const seen = Object.entries({ bpftrace, perf, counters }).filter(([, count]) => count !== null)
    expect(seen).toEqual(who.split(' ').map((name) => [name, loss!.count]))
  })

test('Who lost events is no witness', () => {
  const facts = factsOf(NATIVE, { program: { ABORTED: 30 } })
  const { evidence } = facts
  const of = (change: Partial<typeof evidence>) =>
    witnessesOf({ ...facts, evidence: { ...evidence, ...change } }, 'program', 'XDP_ABORTED')
  expect(of({ missedEvents: 1 })).toMatchObject({ bpftrace: null, perf: 30 })
  expect(of({ perf: { ...evidence.perf!, lost: 1 } })).toMatchObject({ bpftrace: 30, perf: null })
  expect(of({ perf: { ...evidence.perf!, unread: 1 } })).toMatchObject({ bpftrace: 30, perf: null })
})
