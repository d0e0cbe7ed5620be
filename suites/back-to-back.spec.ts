/** Run by name. The longest burst at the highest rate that each target redirects without loss (RFC 2544 §26.4). */
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import { type BurstResult, longestBurst } from '../lab/measure/burst-search.ts'
import { offeredRate, type RateTrial, runRateTrial } from '../lab/measure/rate-trial.ts'
import { maximumLoad } from '../lab/measure/throughput.ts'
import { burstFigure } from '../lab/record/burst-figures.ts'
import { median } from '../lab/stats/median.ts'
import { seconds } from '../lab/units/seconds.ts'

const SEARCHES = 5
const LEAST = 16
/** Of the longest burst, as RFC 2544 has it. */
const LONGEST = seconds(2)

await measures(
  'back-to-back',
  ({ target, frames, size, mode }) =>
    `${target}: how long a burst of ${frames} frames of ${size} bytes passes whole, ${mode}`,
  async ({ cell, lab, bench }) => {
    test.setTimeout(300_000)
    const subject = await bench.start(cell)
    const { redirect, size, frames, options } = subject
    const { rate } = await maximumLoad(lab, subject, bench.keep)
    const limits = { least: LEAST, most: Math.ceil(rate * LONGEST) }
    const trials: RateTrial[] = []
    const measure = async (length: number) => {
      const duration = seconds(length / rate)
      const load = { size, frames, rate, duration, paced: false }
      const trial = await runRateTrial(lab, redirect, load, options)
      trials.push(trial)
      bench.keep(trial, 'burst')
      return trial.invalid === undefined ? trial.offered - trial.forwarded : undefined
    }
    const results: BurstResult[] = []
    for (let search = 1; search <= SEARCHES; search++) {
      results.push(await longestBurst(measure, limits))
      bench.progress(`search ${search} of ${SEARCHES}: ${wordsOf(results.at(-1)!)}`)
    }
    const rates = trials.map(offeredRate)
    bench.measured([
      burstFigure(results, {
        rate: rates.length === 0 ? undefined : median(rates),
        trials: trials.length,
        seconds: trials.reduce((sum, { effectiveDuration }) => sum + effectiveDuration, 0),
        most: limits.most,
      }),
    ])
    await bench.claimAccounted()
  },
)

function wordsOf(result: BurstResult): string {
  switch (result.kind) {
    case 'found':
      return `${result.longest} frames pass, ${result.tooLong} do not`
    case 'at-ceiling':
      return `${result.longest} frames pass`
    case 'below-floor':
      return `${result.tooLong} frames do not pass`
    case 'invalid':
      return 'no trial was valid'
    default:
      return result satisfies never
  }
}
