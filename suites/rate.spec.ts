/** Run by name. The maximum receive rate alone, many times over: what two drivers or kernels are compared by. */
import type { Bench } from '../fixtures/bench.ts'
import { type BenchedCell, cellsToMeasure } from '../fixtures/bench-cells.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'
import { programFile } from '../fixtures/programs.ts'
import type { Lab } from '../lab/measure/lab.ts'
import type { RateTrial } from '../lab/measure/rate-trial.ts'
import type { Limits } from '../lab/measure/search/load-grid.ts'
import { loadLimits, trialsAtMost } from '../lab/measure/throughput.ts'
import { receiveRateFigure } from '../lab/record/throughput-figures.ts'
import { seconds } from '../lab/units/seconds.ts'

/** With ten on each side a rank test sees a shift of two standard deviations in nine of ten cases. */
const SAMPLES = 10
const SECONDS_A_SAMPLE = 4
/** Two that take turns do so quickly, so that a bed which changes its pace meets both alike. */
const TURN = seconds(0.5)
const NO_RATE = 'INVALID: no trial at the highest load was valid'

for (const cell of await cellsToMeasure('rate'))
  test(
    `${cell.target}: how many ${cell.frames} frames of ${cell.size} bytes a second at the most, ${cell.mode}`,
    { tag: [...tagsOf(cell), '@bench'] },
    async ({ bed, bench, options }) => {
      const samples = options.bench?.samples ?? SAMPLES
      const versus = options.bench?.versus
      test.setTimeout((2 * samples * SECONDS_A_SAMPLE + 60) * 1000)
      const subject = await bench.start(cell)
      const limits = await loadLimits(bed.lab, subject, bench.keep)
      // The first trial meets cold caches and page pools; it is no sample.
      await trialsAtMost(bed.lab, subject, limits, 1, bench.keep)
      const keep = (trials: readonly RateTrial[], from: { folder?: string } = {}) => {
        expect(trials.length, NO_RATE).toBeGreaterThan(0)
        bench.measured(
          trials.map((trial) => receiveRateFigure([trial], limits.max)),
          from,
        )
      }
      if (versus) {
        const programs = {
          A: options.program ?? programFile(cell.target),
          B: versus.program ?? programFile(cell.target),
        }
        const trials = await inTurn(bed.lab, bench, cell, { limits, samples, programs })
        keep(trials.B, { folder: versus.folder })
        keep(trials.A)
      } else keep(await trialsAtMost(bed.lab, subject, limits, samples, bench.keep))
      await bench.claimAccounted()
    },
  )

/** A B, B A, A B and so on: whichever comes first, the other is next. */
async function inTurn(
  lab: Lab,
  bench: Bench,
  cell: BenchedCell,
  {
    limits,
    samples,
    programs,
  }: { limits: Limits; samples: number; programs: Readonly<Record<'A' | 'B', string>> },
): Promise<Record<'A' | 'B', RateTrial[]>> {
  const trials: Record<'A' | 'B', RateTrial[]> = { A: [], B: [] }
  for (let round = 0; round < samples; round++)
    for (const arm of round % 2 === 0 ? (['A', 'B'] as const) : (['B', 'A'] as const)) {
      const subject = await bench.start(cell, { program: programs[arm] })
      trials[arm].push(...(await trialsAtMost(lab, subject, limits, 1, bench.keep, TURN)))
    }
  return trials
}
