import { expect, test } from '@playwright/test'
import { arrivalsOf, firstsOf, togetherNs } from '../../../lab/measure/directions.ts'
import { makeLedger } from '../../../lab/measure/ledger.ts'
import type { Arrivals } from '../../../lab/remote/arrivals.ts'
import { factsOf } from './bed-model.ts'

const [A, B] = [new Set(['a']), new Set(['b'])]
/** As the simulated bed has it: so many arrive at b, and as many more at a as the other direction sends. */
const FACTS = factsOf({ target: 'devmap', mode: 'native' })
const at = (frames: number): Arrivals => ({ ...FACTS.arrivals['b']!, frames })
const WHOLE = FACTS.arrivals['b']!.frames

/** What the account of the direction towards b says. */
function account(arrivals: Record<string, Arrivals>, receivers: ReadonlySet<string> = B) {
  const { received, lost, unexplained } = makeLedger({
    ...FACTS,
    receivers,
    arrivals: arrivalsOf(arrivals, receivers, [B, A]),
  })
  return { received, lost: lost.map(({ reason, count }) => `${count} ${reason}`), unexplained }
}

test('No sequence number is given to two loads', () => {
  expect(firstsOf([10_000])).toEqual([0])
  expect(firstsOf([10_000, 500, 3])).toEqual([0, 10_000, 10_500])
})

test('What comes the other way is neither received nor lost at a wrong port', () => {
  const whole = { received: WHOLE, lost: [], unexplained: 0 }
  expect(account({ a: at(777), b: at(WHOLE), c: at(0) })).toEqual(whole)
})

test('A frame that went the other way is missing in one account, and one too many in the other', () => {
  const arrivals = { a: at(WHOLE + 1), b: at(WHOLE - 1), c: at(0) }
  expect(account(arrivals, B)).toEqual({ received: WHOLE - 1, lost: [], unexplained: 1 })
  expect(account(arrivals, A)).toEqual({ received: WHOLE + 1, lost: [], unexplained: -1 })
})

test('A frame at a port of nobody’s is named where it is missing, and does not pass for explained where none is', () => {
  const arrivals = { a: at(WHOLE), b: at(WHOLE - 1), c: at(1) }
  expect(account(arrivals, B)).toEqual({ received: WHOLE - 1, lost: ['1 wrong port'], unexplained: 0 })
  expect(account(arrivals, A)).toEqual({ received: WHOLE, lost: ['1 wrong port'], unexplained: -1 })
})

test('Directions were together for as long as both had frames arriving', () => {
  const [early, late] = [
    { firstNs: 100, lastNs: 300 },
    { firstNs: 250, lastNs: 500 },
  ]
  expect(togetherNs([early, late])).toBe(50)
  expect(togetherNs([early, { ...late, firstNs: 400 }])).toBe(-100)
})
