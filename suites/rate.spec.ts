/** Run by name. The maximum receive rate alone, many times over: what two drivers or kernels are compared by. */
import { cellsToMeasure } from '../fixtures/bench-cells.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'
import { loadLimits, maximumReceiveRates } from '../lab/measure/throughput.ts'
import { receiveRateFigure } from '../lab/record/throughput-figures.ts'

/** With ten on each side a rank test sees a shift of two standard deviations in nine of ten cases. */
const SAMPLES = 10
const SECONDS_A_SAMPLE = 3

for (const cell of await cellsToMeasure('rate'))
  test(
    `${cell.target}: how many ${cell.frames} frames of ${cell.size} bytes a second at the most, ${cell.mode}`,
    { tag: [...tagsOf(cell), '@bench'] },
    async ({ bed, bench, options }) => {
      const samples = options.bench?.samples ?? SAMPLES
      test.setTimeout((samples * SECONDS_A_SAMPLE + 60) * 1000)
      const subject = await bench.start(cell)
      const limits = await loadLimits(bed.lab, subject, bench.keep)
      // The first trial meets cold caches and page pools; it is no sample.
      await maximumReceiveRates(bed.lab, subject, limits, 1, bench.keep)
      const rates = await maximumReceiveRates(bed.lab, subject, limits, samples, bench.keep)
      bench.measured(rates.map((rate) => receiveRateFigure([rate], limits.max, 1)))
      await bench.claimAccounted()
      expect(rates.length, 'INVALID: no trial at the highest load was valid').toBeGreaterThan(0)
    },
  )
