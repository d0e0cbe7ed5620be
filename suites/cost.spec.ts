/** Run by name. What a frame costs the DUT through each target, beside the same path with XDP_DROP and XDP_TX. */
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import { receivingCpu, runCostTrial } from '../lab/measure/cost-trial.ts'
import { maximumLoad } from '../lab/measure/throughput.ts'
import { costPicture } from '../lab/record/cell-pictures.ts'
import { type Answer, ANSWERS, type CostMeasured, costFigures } from '../lab/record/cost-figures.ts'

const ROUNDS = 5

await measures(
  'cost',
  ({ target, frames, size, mode }) => `${target}: what a ${frames} frame of ${size} bytes costs, ${mode}`,
  async ({ cell, lab, bench }) => {
    test.setTimeout(180_000)
    const measured: Record<Answer, CostMeasured[]> = { REDIRECT: [], DROP: [], TX: [] }
    const most = await maximumLoad(lab, await bench.start(cell), bench.keep)
    let cpu = receivingCpu(lab, [])
    // In turns, so that whatever else the machine does meanwhile comes to all of them.
    for (let round = 1; round <= ROUNDS; round++)
      for (const answer of ANSWERS) {
        const subject = answer === 'REDIRECT' ? await bench.start(cell) : await bench.answering(cell, answer)
        const { trial, ...cost } = await runCostTrial(lab, subject, most, cpu)
        await subject.redirect.stop()
        bench.keep(trial, `cost with XDP_${answer}`)
        const { effectiveDuration: seconds, offered, forwarded } = trial
        measured[answer].push({ ...cost, seconds, offered, forwarded })
        bench.progress(`XDP_${answer} ${cost.cost?.ns.toFixed(0) ?? '?'} ns; round ${round} of ${ROUNDS}`)
        cpu ??= receivingCpu(lab, trial.cpus)
      }
    const figures = ANSWERS.flatMap((answer) => costFigures(answer, measured[answer]))
    bench.measured(figures)
    await bench.draw('cost of a frame', (heading) => costPicture(cell.target, figures, heading))
    await bench.claimAccounted()
  },
)
