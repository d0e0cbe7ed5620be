/** Run by name. How fast each target is: non-drop rate, partial drop rate, maximum receive rate, with bounds. */
import { measures } from '../fixtures/measures.ts'
import { expect, test } from '../fixtures/test.ts'
import {
  loadLimits,
  maximumLoad,
  searchThroughput,
  tellingOn,
  trialsAtFloor,
  trialsAtMost,
} from '../lab/measure/throughput.ts'
import { chosenGoals } from '../lab/measure/search/goal.ts'
import { receiveRateFigure, searchFigures } from '../lab/record/throughput-figures.ts'
import { progressText } from '../lab/record/search-text.ts'
import { seconds } from '../lab/units/seconds.ts'

/** Before the search, and again after it: a machine that is slow for some seconds is not slow twice. */
const TRIALS_AT_MOST = 3
const AT_MOST = seconds(0.5)
const DEFAULT_SECONDS = 56

await measures(
  'throughput',
  ({ target, frames, size, mode }) =>
    `${target}: how many ${frames} frames of ${size} bytes a second, ${mode}`,
  async ({ cell, lab, bench, options }) => {
    const goals = chosenGoals(options.bench?.goals ?? ['ndr', 'pdr'])
    const budget = seconds(options.bench?.seconds ?? DEFAULT_SECONDS)
    test.setTimeout((budget * 2 + 60) * 1000)
    const subject = await bench.start(cell)
    const limits = await loadLimits(lab, subject, bench.keep)
    const most = await maximumLoad(lab, subject, bench.keep, limits)
    const trialsOfMost = () => trialsAtMost(lab, subject, most, TRIALS_AT_MOST, bench.keep, AT_MOST)
    const atMost = await trialsOfMost()
    const result = await searchThroughput(lab, subject, limits, {
      goals,
      budget,
      onTrial: bench.keep,
      onProgress: (progress) => bench.progress(progressText(progress)),
    })
    const atFloor = await trialsAtFloor(lab, subject, result, bench.trials, bench.keep)
    atMost.push(...(await trialsOfMost()))
    const receiveRate = receiveRateFigure(atMost, tellingOn(lab))
    bench.measured([...searchFigures(result, atFloor), receiveRate])
    await bench.drawSearch(result)
    await bench.claimAccounted()
    expect(result.ending.kind, 'INVALID: the search ended without an answer').not.toBe('invalid')
  },
)
