/** Run by name. The maximum receive rate alone, many times over: what two drivers or kernels are compared by. */
import type { Bench } from '../fixtures/bench.ts'
import type { BenchedCell } from '../fixtures/bench-cells.ts'
import { measures } from '../fixtures/measures.ts'
import { expect, test } from '../fixtures/test.ts'
import { programFile } from '../fixtures/programs.ts'
import type { Lab } from '../lab/measure/lab.ts'
import type { RateTrial } from '../lab/measure/rate-trial.ts'
import {
  maximumLoad,
  type MaximumLoad,
  type OnTrial,
  tellingOn,
  type Subject,
  trialsAtMost,
} from '../lab/measure/throughput.ts'
import { receiveRateFigure } from '../lab/record/throughput-figures.ts'
import { seconds } from '../lab/units/seconds.ts'

/** With ten on each side a rank test sees a shift of two standard deviations in nine of ten cases. */
const SAMPLES = 10
const SECONDS_A_SAMPLE = 4
/** Where the generator shares its machine, a sample is the fastest of so many short ones. */
const TRIALS_ON_SHARED = 3
const SHORT = seconds(0.25)
const TRIAL = seconds(1)
const NO_RATE = 'INVALID: no trial at the highest load was valid'

await measures(
  'rate',
  ({ target, frames, size, mode }) =>
    `${target}: how many ${frames} frames of ${size} bytes a second at the most, ${mode}`,
  async ({ cell, lab, bench, options }) => {
    const samples = options.bench?.samples ?? SAMPLES
    const versus = options.bench?.versus
    test.setTimeout((2 * samples * SECONDS_A_SAMPLE + 60) * 1000)
    const subject = await bench.start(cell)
    // Its trial meets cold caches and page pools, too, so that no sample does.
    const load = await maximumLoad(lab, subject, bench.keep)
    const keep = (samples: readonly Sample[], from: { folder?: string } = {}) => {
      const figures = samples
        .filter((trials) => trials.length > 0)
        .map((trials) => receiveRateFigure(trials, 'fastest'))
      expect(figures.length, NO_RATE).toBeGreaterThan(0)
      bench.measured(figures, from)
    }
    if (versus) {
      const programs = {
        A: options.program ?? programFile(cell.target),
        B: versus.program ?? programFile(cell.target),
      }
      const found = await inTurn(lab, bench, cell, { load, samples, programs })
      keep(found.B, { folder: versus.folder })
      keep(found.A)
    } else {
      const found: Sample[] = []
      for (let number = 0; number < samples; number++)
        found.push(await sample(lab, subject, load, bench.keep))
      keep(found)
    }
    await bench.claimAccounted()
  },
)

/** Valid trials. */
type Sample = readonly RateTrial[]

function sample(lab: Lab, subject: Subject, load: MaximumLoad, onTrial: OnTrial): Promise<Sample> {
  const [trials, duration] = tellingOn(lab) === 'fastest' ? [TRIALS_ON_SHARED, SHORT] : [1, TRIAL]
  return trialsAtMost(lab, subject, load, trials, onTrial, duration)
}

/** A B, B A, A B and so on: whichever comes first, the other is next. */
async function inTurn(
  lab: Lab,
  bench: Bench,
  cell: BenchedCell,
  {
    load,
    samples,
    programs,
  }: { load: MaximumLoad; samples: number; programs: Readonly<Record<'A' | 'B', string>> },
): Promise<Record<'A' | 'B', Sample[]>> {
  const found: Record<'A' | 'B', Sample[]> = { A: [], B: [] }
  for (let round = 0; round < samples; round++)
    for (const arm of round % 2 === 0 ? (['A', 'B'] as const) : (['B', 'A'] as const)) {
      const subject = await bench.start(cell, { program: programs[arm] })
      found[arm].push(await sample(lab, subject, load, bench.keep))
    }
  return found
}
