import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { type Goal, searchGoal } from '../../../../lab/measure/search/goal.ts'
import { search } from '../../../../lab/measure/search/search.ts'
import { framesPerSecond } from '../../../../lab/units/frame.ts'
import { seconds } from '../../../../lab/units/seconds.ts'

interface Vector {
  readonly goals: readonly Omit<Goal, 'name'>[]
  readonly min: number
  readonly max: number
  /** Load, duration in seconds, frames lost; each took half a second more. */
  readonly trials: readonly (readonly [number, number, number])[]
  readonly results: readonly {
    readonly lower: number | null
    readonly upper: number | null
    readonly conditionalThroughput: number | null
  }[]
}

/** Searches by the code of FD.io CSIT, of simulated DUTs from steady to wild, below the floor and above the ceiling. */
const VECTORS = JSON.parse(
  readFileSync(new URL('../../vectors/mlrsearch-trials.json', import.meta.url), 'utf8'),
) as readonly Vector[]

/** The vectors have thousandths of a frame per second. */
const isSame = (one: number | null | undefined, other: number | null | undefined) =>
  Math.abs((one ?? -1) - (other ?? -1)) < 0.01

test("Given the losses of CSIT's trials, a search asks for the same trials and finds the same bounds", async () => {
  expect(VECTORS).toHaveLength(80)
  for (const [index, { goals, min, max, trials, results }] of VECTORS.entries()) {
    const asked: (readonly [number, number])[] = []
    const result = await search(
      goals.map((goal, number) => searchGoal({ name: `${number}`, ...goal })),
      { min: framesPerSecond(min), max: framesPerSecond(max) },
      (load, duration) => {
        const [, , lost] = trials[asked.length] ?? [0, 0, 0]
        asked.push([load, duration])
        const offered = Math.floor(load * duration + 0.5)
        return Promise.resolve({
          intended: offered,
          offered,
          forwarded: offered - lost,
          effectiveDuration: seconds(duration + 0.5),
        })
      },
    )
    const first = trials.findIndex(
      ([load, duration], number) =>
        !isSame(asked[number]?.[0], load) || !isSame(asked[number]?.[1], duration),
    )
    expect(first, `search ${index}: the first trial that differs, of ${trials.length}`).toBe(-1)
    expect(asked).toHaveLength(trials.length)
    const others = result.goals.filter(
      ({ lower, upper, conditionalThroughput }, number) =>
        !isSame(lower?.load, results[number]!.lower) ||
        !isSame(upper?.load, results[number]!.upper) ||
        !isSame(conditionalThroughput, results[number]!.conditionalThroughput),
    )
    expect(others, `search ${index}`).toEqual([])
  }
})
