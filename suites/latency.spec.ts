/** Run by name. How long frames take through each target: at parts of its partial drop rate, and one at a time. */
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import type { Bench } from '../fixtures/bench.ts'
import type { Lab } from '../lab/measure/lab.ts'
import type { RateTrial } from '../lab/measure/rate-trial.ts'
import { PDR, searchGoal } from '../lab/measure/search/goal.ts'
import { loadLimits, searchThroughput, type Subject, trialAt } from '../lab/measure/throughput.ts'
import { latencyPicture } from '../lab/record/cell-pictures.ts'
import { latencyFigures, noLatencyFigures, tellsLatency } from '../lab/record/latency-figures.ts'
import type { Figure } from '../lab/record/measurement.ts'
import { progressText } from '../lab/record/search-text.ts'
import { type FrameRate, framesPerSecond } from '../lab/units/frame.ts'
import { percent } from '../lab/units/ratio.ts'
import { seconds } from '../lab/units/seconds.ts'

const PERCENTAGES = [10, 50, 90, 100]
const TRIALS = 3
const TRIAL = seconds(1)
/** Frames that leave in one go: their waiting for each other is timed, so no more than it takes to reach the load. */
const BURSTS = [1, 4, 16]
/** Nothing waits for anything: the way itself. */
const ONE_PER_MS = { atLoad: '1 frame per ms', rate: framesPerSecond(1_000) }
/** Where no search of this run has found it: close enough to say what half of it is. */
const SHORT_SEARCH = seconds(20)
const QUICK_PDR = searchGoal({ ...PDR, durationSum: seconds(4), width: percent(3) })

await measures(
  'latency',
  ({ target, frames, size, mode }) => `${target}: how long a ${frames} frame of ${size} bytes takes, ${mode}`,
  async ({ cell, lab, bench }) => {
    test.setTimeout(240_000)
    const subject = await bench.start(cell)
    const pdr = await bench.found('pdr').then((rate) => rate ?? searchPdr(lab, bench, subject))
    const loads = [
      ONE_PER_MS,
      ...PERCENTAGES.map((part) => ({
        atLoad: `${part} % of PDR`,
        rate: pdr && framesPerSecond((pdr * part) / 100),
      })),
    ]
    const figures: Figure[] = []
    for (const { atLoad, rate } of loads)
      figures.push(
        ...(rate === undefined
          ? noLatencyFigures(atLoad, 'no load is known at which the target meets the goal of PDR')
          : await latencyAt(lab, bench, subject, atLoad, rate)),
      )
    bench.measured(figures)
    await bench.draw('latency by percentile', (heading) => latencyPicture(figures, heading))
    await bench.claimMeasured(figures)
  },
)

async function latencyAt(
  lab: Lab,
  bench: Bench,
  subject: Subject,
  atLoad: string,
  rate: FrameRate,
): Promise<Figure[]> {
  const trials: RateTrial[] = []
  for (const burst of lab.generator.cannot.burst === undefined ? BURSTS : [1]) {
    trials.splice(0)
    for (let number = 1; number <= TRIALS; number++) {
      const trial = await trialAt(lab, { ...subject, burst }, rate, TRIAL)
      bench.keep(trial, atLoad)
      bench.progress(`latency at ${atLoad}, trial ${number} of ${TRIALS}`)
      trials.push(trial)
    }
    if (trials.some(tellsLatency)) break
  }
  return latencyFigures(atLoad, trials, {})
}

async function searchPdr(lab: Lab, bench: Bench, subject: Subject): Promise<FrameRate | undefined> {
  const limits = await loadLimits(lab, subject, bench.keep)
  const { goals } = await searchThroughput(lab, subject, limits, {
    goals: [QUICK_PDR],
    budget: SHORT_SEARCH,
    onTrial: bench.keep,
    onProgress: (progress) => bench.progress(progressText(progress)),
  })
  const [{ lower, unfinished }] = goals as [(typeof goals)[number]]
  return lower?.load ?? unfinished?.lower ?? undefined
}
