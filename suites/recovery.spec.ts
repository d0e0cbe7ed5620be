/** Run by name. How long each target goes on losing frames when an overload has ended (RFC 2544 §26.5). */
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import { forwardingRate } from '../lab/measure/rate-trial.ts'
import { type Recovery, runRecovery } from '../lab/measure/recovery.ts'
import { loadLimits, trialsAtMost } from '../lab/measure/throughput.ts'
import { recoveryFigure } from '../lab/record/recovery-figures.ts'
import { median } from '../lab/stats/median.ts'
import { type FrameRate, framesPerSecond } from '../lab/units/frame.ts'

const TRIALS = 7
/** Parts of the throughput, as RFC 2544 has them. */
const OVERLOAD = 1.1
const REDUCED = 0.5

await measures(
  'recovery',
  ({ target, frames, size, mode }) =>
    `${target}: how soon nothing is lost of ${frames} frames of ${size} bytes after an overload, ${mode}`,
  async ({ cell, lab, bench }) => {
    test.setTimeout(120_000)
    const subject = await bench.start(cell)
    const { max } = await loadLimits(lab, subject, bench.keep)
    const pdr = await bench.found('pdr')
    const receivedAtMost = async () => {
      const received = (await trialsAtMost(lab, subject, { rate: max }, 2, bench.keep)).map(forwardingRate)
      return received.length > 0 ? median(received) : max
    }
    const reduced = framesPerSecond((pdr ?? (await receivedAtMost())) * REDUCED)
    const recover = async (overload: FrameRate): Promise<Recovery> => {
      const one = await runRecovery(lab, subject, { overload, reduced })
      bench.keep(one.trial, 'recovery')
      bench.progress(one.invalid ?? `${one.losses.before} lost in overload, ${one.losses.during} after it`)
      return one
    }
    let overload = framesPerSecond(pdr === undefined ? max : Math.min(pdr * OVERLOAD, max))
    // What is known of the PDR may be a lower bound.
    if (overload < max && (await recover(overload)).losses.before === 0) overload = max
    const recoveries: Recovery[] = []
    for (let number = 0; number < TRIALS; number++) recoveries.push(await recover(overload))
    const figures = [recoveryFigure(recoveries, { overload, reduced })]
    bench.measured(figures)
    await bench.claimAccounted()
    test.skip(
      recoveries.every(({ losses }) => losses.before === 0),
      'the generator’s highest load was no overload',
    )
    await bench.claimMeasured(figures)
  },
)
