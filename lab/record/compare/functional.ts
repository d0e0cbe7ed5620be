/** What works on one side and not on the other, by test. */
import { bedOf, bothSides, type Outcome, type Side, type Sides } from './side.ts'

/** Of all runs of a side. `sometimes`: it failed in some runs and passed in others. */
export type TestState = 'ok' | 'failed' | 'sometimes' | 'skipped' | 'infra'

export interface TestOnSide {
  readonly state: TestState
  /** Runs in which it came to an end, well or not. */
  readonly ran: number
  readonly failed: number
  /** First line of why it failed or was skipped. */
  readonly message?: string
  /** What kernel or driver refuses, as is documented of it, though the test is ok. */
  readonly refused?: string
}

export interface TestDifference extends Sides<TestOnSide> {
  readonly bed: string
  readonly suite: string
  readonly title: string
}

export interface FunctionalDifferences {
  /** Passed in A, failed in at least one run of B. */
  readonly broken: readonly TestDifference[]
  /** Failed in at least one run of A, passed in B. */
  readonly mended: readonly TestDifference[]
  /** Fails on both sides, but on one of them not always. */
  readonly unsteady: readonly TestDifference[]
  /** Skipped on one side only. */
  readonly skips: readonly TestDifference[]
  /** Passed on both sides, but what is refused is not the same. */
  readonly refusals: readonly TestDifference[]
  /** The lab broke on one side at least: of these nothing can be said. */
  readonly unsaid: readonly TestDifference[]
  /** Tests that are only on one side. */
  readonly unmatched: Sides<number>
  /** The same on both sides. */
  readonly same: number
}

type Kind = Exclude<keyof FunctionalDifferences, 'unmatched' | 'same'>

export function functionalDifferences(sides: Sides<Side>): FunctionalDifferences {
  const tests = bothSides(sides, testsOf)
  const found: Record<Kind | 'same', TestDifference[]> = {
    broken: [],
    mended: [],
    unsteady: [],
    skips: [],
    refusals: [],
    unsaid: [],
    same: [],
  }
  for (const [key, records] of tests.A) {
    const others = tests.B.get(key)
    if (!others) continue
    const [bed, suite, title] = JSON.parse(key) as [string, string, string]
    const difference = { bed, suite, title, A: onSide(records), B: onSide(others) }
    found[kindOf(difference)].push(difference)
  }
  const { same, ...differences } = found
  const missing = (from: keyof Sides<unknown>, on: keyof Sides<unknown>) =>
    [...tests[from].keys()].filter((key) => !tests[on].has(key)).length
  return { ...differences, unmatched: { A: missing('A', 'B'), B: missing('B', 'A') }, same: same.length }
}

/** Two beds have their own tests, though they are called the same. */
function testsOf({ runs }: Side): Map<string, Outcome[]> {
  const tests = new Map<string, Outcome[]>()
  for (const run of runs)
    for (const outcome of run.cells) {
      const key = JSON.stringify([bedOf(run), outcome.suite, outcome.title])
      const known = tests.get(key)
      if (known) known.push(outcome)
      else tests.set(key, [outcome])
    }
  return tests
}

function onSide(outcomes: readonly Outcome[]): TestOnSide {
  const having = (verdict: Outcome['verdict']) => outcomes.filter((one) => one.verdict === verdict)
  const [ok, failed, skipped, infra] = [having('ok'), having('failed'), having('skipped'), having('infra')]
  const [why] = [...failed, ...skipped, ...infra]
  const refused = ok.find((one) => one.refused !== undefined)?.refused
  return {
    state: stateOf(ok.length, failed.length, skipped.length),
    ran: ok.length + failed.length,
    failed: failed.length,
    ...(why?.message !== undefined && { message: why.message }),
    ...(refused !== undefined && { refused }),
  }
}

function stateOf(ok: number, failed: number, skipped: number): TestState {
  if (failed > 0) return ok > 0 ? 'sometimes' : 'failed'
  if (ok > 0) return 'ok'
  return skipped > 0 ? 'skipped' : 'infra'
}

function kindOf({ A, B }: TestDifference): Kind | 'same' {
  if (A.state === 'infra' || B.state === 'infra') return 'unsaid'
  if (A.state === 'skipped' || B.state === 'skipped') return A.state === B.state ? 'same' : 'skips'
  if (A.state === 'ok' && B.state === 'ok') return A.refused === B.refused ? 'same' : 'refusals'
  if (A.state === 'ok') return 'broken'
  if (B.state === 'ok') return 'mended'
  return A.state === 'failed' && B.state === 'failed' ? 'same' : 'unsteady'
}
