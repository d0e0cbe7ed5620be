/** What fits into the time given: suites in the order of what they are worth, and the seconds of each search. */
import { WrongUse } from './wrong-use.ts'

export interface BenchPlan {
  readonly suites: readonly string[]
  /** Seconds that the search of one cell may take. */
  readonly searchSeconds: number
  /** What was left out or cut short, a line each. */
  readonly notes: readonly string[]
}

/** A search for two goals takes 40 to 60 s on a quiet bed; in less than the least it finds little. */
const SEARCH = { usual: 56, least: 25 } as const
/** Of a cell of `throughput` beside its search: ceiling and maximum receive rate. */
const BESIDE = 8
/** The others in the order of their worth, and the seconds that a cell takes. */
const FURTHER: readonly (readonly [suite: string, seconds: number])[] = [
  ['cost', 17],
  ['latency', 24],
  ['loss', 17],
  ['scaling', 40],
  ['back-to-back', 15],
  ['recovery', 18],
]
/** Runner, lab, report. */
const START = 6
/** The lab is opened for `throughput`, and once more for the others: 2.7 s on the virtual lab. */
const OPENED_AGAIN = 3

/**
 * @param asked.suites those named by the user: all are run, whatever they take.
 * @param asked.seconds of the whole; without it each cell has the usual time, and only `throughput` is run.
 * @throws WrongUse when not even the shortest search of each cell fits.
 */
export function planBench(asked: {
  readonly cells: number
  readonly suites?: readonly string[]
  readonly seconds?: number
}): BenchPlan {
  const { cells, suites, seconds } = asked
  if (seconds === undefined || (suites && !suites.includes('throughput')))
    return { suites: suites ?? ['throughput'], searchSeconds: SEARCH.usual, notes: [] }
  const perCell = (seconds - START) / cells - BESIDE
  if (perCell < SEARCH.least) {
    const least = Math.ceil((SEARCH.least + BESIDE) * cells + START)
    throw new WrongUse(
      `${Math.round(seconds)} s are too short for ${cells} ${cells === 1 ? 'cell' : 'cells'}: ${least} s are needed, or fewer targets or sizes`,
    )
  }
  const searchSeconds = Math.min(SEARCH.usual, Math.floor(perCell))
  if (suites) return { suites, searchSeconds, notes: [] }
  let left = perCell - searchSeconds - OPENED_AGAIN / cells
  const fitting = FURTHER.filter(([, takes]) => {
    if (takes > left) return false
    left -= takes
    return true
  }).map(([suite]) => suite)
  const leftOut = FURTHER.map(([suite]) => suite).filter((suite) => !fitting.includes(suite))
  return {
    suites: ['throughput', ...fitting],
    searchSeconds,
    notes: [
      ...(searchSeconds < SEARCH.usual
        ? [
            `Each search has ${searchSeconds} s in place of ${SEARCH.usual}: bounds may be wider than the goals ask.`,
          ]
        : []),
      ...(leftOut.length > 0 ? [`Left out for want of time: ${leftOut.join(', ')}.`] : []),
    ],
  }
}
