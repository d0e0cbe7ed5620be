/** What a search did, as pictures: every trial with the bounds closing in, and where frames were lost as load grew. */
import type { SearchResult } from '../measure/search/search-result.ts'
import { drawDrops } from './charts/drops.ts'
import type { Heading } from './charts/picture.ts'
import { drawSearch } from './charts/search.ts'
import type { TrialRecord } from './trial-record.ts'

/** On the axis of time each trial stands where it ended. */
export function searchPicture({ trials, goals }: SearchResult, heading: Heading): Promise<string> {
  let spent = 0
  const timed = trials.map((trial) => ({ trial, at: (spent += trial.effectiveDuration) }))
  return drawSearch({
    heading,
    trials: timed.map(({ trial, at }) => ({
      at,
      load: trial.load,
      loss: 'lossRatio' in trial ? trial.lossRatio : null,
    })),
    goals: goals.map(({ goal }) => ({
      name: goal.name.toUpperCase(),
      loss: goal.lossRatio,
      steps: timed.flatMap(({ trial, at }) =>
        trial.standings
          .filter((standing) => standing.goal === goal.name)
          .map(({ lower, upper }) => ({ at, lower, upper })),
      ),
    })),
  })
}

/** Of the trials that say something about the DUT. */
export function dropsPicture(trials: readonly TrialRecord[], heading: Heading): Promise<string> {
  return drawDrops({
    heading,
    trials: trials
      .filter(({ invalid }) => invalid === undefined)
      .map(({ rate, offered, lost, unexplained }) => ({
        rate,
        offered,
        lost: [
          ...lost.map(({ stage, reason, count }) => ({ stage, reason, frames: count })),
          ...(unexplained > 0
            ? [{ stage: 'unexplained' as const, reason: 'unexplained', frames: unexplained }]
            : []),
        ],
      })),
  })
}
