/** Run by name. How long each target goes on losing frames when an overload has ended (RFC 2544 §26.5). */
import { cellsToMeasure } from '../fixtures/bench-cells.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { test } from '../fixtures/test.ts'
import { forwardingRate } from '../lab/measure/rate-trial.ts'
import { type Recovery, runRecovery } from '../lab/measure/recovery.ts'
import { loadLimits, trialsAtMost } from '../lab/measure/throughput.ts'
import { recoveryFigure } from '../lab/record/recovery-figures.ts'
import { median } from '../lab/stats/median.ts'
import { framesPerSecond } from '../lab/units/frame.ts'

const TRIALS = 7
/** Parts of the throughput, as RFC 2544 has them. Where the run has found no PDR yet, the overload is the highest load. */
const OVERLOAD = 1.1
const REDUCED = 0.5

for (const cell of await cellsToMeasure('recovery'))
  test(
    `${cell.target}: how soon nothing is lost of ${cell.frames} frames of ${cell.size} bytes after an overload, ${cell.mode}`,
    { tag: [...tagsOf(cell), '@bench'] },
    async ({ bed, bench }) => {
      const { lab } = bed
      test.setTimeout(120_000)
      const subject = await bench.start(cell)
      const limits = await loadLimits(lab, subject, bench.keep)
      const atMost = await trialsAtMost(lab, subject, { rate: limits.max }, 2, bench.keep)
      const received = atMost.map(forwardingRate)
      const pdr = await bench.found('pdr')
      const rates = {
        overload: pdr === undefined ? limits.max : framesPerSecond(pdr * OVERLOAD),
        reduced: framesPerSecond((pdr ?? (received.length > 0 ? median(received) : limits.max)) * REDUCED),
      }
      const recoveries: Recovery[] = []
      for (let number = 0; number < TRIALS; number++) {
        const one = await runRecovery(lab, subject, rates)
        bench.keep(one.trial, 'recovery')
        recoveries.push(one)
        bench.progress(one.invalid ?? `${one.losses.before} lost in overload, ${one.losses.during} after it`)
      }
      const figures = [recoveryFigure(recoveries, rates)]
      bench.measured(figures)
      await bench.claimAccounted()
      test.skip(
        recoveries.every(({ losses }) => losses.before === 0),
        'the generator’s highest load was no overload',
      )
      await bench.claimMeasured(figures)
    },
  )
