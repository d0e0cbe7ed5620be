/** Run by name. How much each target loses from the highest load down, in steps of a tenth (RFC 2544 §26.3). */
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import { loadLimits, trialAt } from '../lab/measure/throughput.ts'
import { lossPicture } from '../lab/record/cell-pictures.ts'
import { lossFigure } from '../lab/record/loss-figures.ts'
import type { Figure } from '../lab/record/measurement.ts'
import { framesPerSecond } from '../lab/units/frame.ts'
import { seconds } from '../lab/units/seconds.ts'

const PERCENTAGES = [100, 90, 80, 70, 60, 50, 40, 30, 20, 10]
const TRIAL = seconds(1)

await measures(
  'loss',
  ({ target, frames, size, mode }) =>
    `${target}: how many ${frames} frames of ${size} bytes are lost at each load, ${mode}`,
  async ({ cell, lab, bench }) => {
    test.setTimeout(120_000)
    const subject = await bench.start(cell)
    const { max } = await loadLimits(lab, subject, bench.keep)
    const figures: Figure[] = []
    for (const percentage of PERCENTAGES) {
      const atLoad = `${percentage} % of the highest load`
      const trial = await trialAt(lab, subject, framesPerSecond((max * percentage) / 100), TRIAL)
      bench.keep(trial, atLoad)
      figures.push(lossFigure(atLoad, trial))
      const { offered, forwarded } = trial
      bench.progress(`${offered - forwarded} of ${offered} lost at ${atLoad}`)
    }
    bench.measured(figures)
    await bench.draw('loss by load', (heading) => lossPicture(cell.target, figures, heading))
    await bench.claimMeasured(figures)
  },
)
