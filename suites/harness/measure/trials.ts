/** Trials as if they had been run on the simulated bed. */
import { makeLedger } from '../../../lab/measure/ledger.ts'
import type { Trial } from '../../../lab/measure/trial.ts'
import type { Arrivals } from '../../../lab/remote/arrivals.ts'
import { frameSize } from '../../../lab/units/frame.ts'
import { seconds } from '../../../lab/units/seconds.ts'
import { type Bed, factsOf, type Losses } from './bed-model.ts'

/** @param arrived what is otherwise than usual about the frames that arrived. */
export function trialOf(bed: Bed, losses: Losses = {}, arrived: Partial<Arrivals> = {}): Trial {
  const made = factsOf(bed, losses)
  const arrivals = { ...made.arrivals, b: { ...made.arrivals['b']!, ...arrived } }
  const facts = { ...made, arrivals }
  return {
    redirect: { target: bed.target, frames: 'linear', mode: bed.mode, program: 'redirect.bpf.o' },
    load: { size: frameSize(64), frames: 'linear', count: facts.offered, from: 'a' },
    intended: facts.offered,
    offered: facts.offered,
    durationNs: 9_990_000,
    overhead: { whole: seconds(0.21), generator: seconds(0.05) },
    answers: facts.answers,
    arrivals,
    ports: {},
    receivers: ['b'],
    evidence: facts.evidence,
    ledger: makeLedger(facts),
    facts,
    untold: [],
    generatorLog: [],
  }
}
