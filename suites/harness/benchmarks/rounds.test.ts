import { expect, test } from '@playwright/test'
import { type Run, runOf } from '../../../benchmarks/devmap-path.ts'
import { compare, inRounds, resultLines, type Runs } from '../../../benchmarks/rounds.ts'

/** Something to measure that is so fast, and spoils some of its runs. */
function device(what: string, mpps: number, invalid: readonly number[] = []) {
  let run = -1 // the first warms up
  return {
    what,
    run: (): Promise<Run> =>
      Promise.resolve({ mpps, ...(invalid.includes(run++) ? { invalid: 'frames were lost' } : {}) }),
  }
}

const silent = () => undefined

test('Each thing is measured once a round, by turns, and the first run of each is forgotten', async () => {
  const runs = await inRounds([device('a', 3), device('b', 2)], 2, silent)
  expect(runs.map(({ round, what }) => `${round}${what}`)).toEqual(['0a', '0b', '1b', '1a'])
})

test('A run that is invalid counts nowhere, and takes its pair with it', async () => {
  const runs = await inRounds([device('a', 4, [1]), device('b', 2)], 3, silent)
  const [a, b] = compare(runs, 'a')
  expect(runs.filter(({ invalid }) => invalid !== undefined)).toHaveLength(1)
  expect(a).toMatchObject({ what: 'a', pairs: 2, ratio: { median: 1 } })
  expect(b).toMatchObject({ what: 'b', pairs: 2, ratio: { median: 0.5, min: 0.5, max: 0.5 }, to: 'a' })
  expect(b!.mpps).toEqual({ median: 2, min: 2, max: 2 })
})

test('Of a thing without a valid run nothing is said', async () => {
  const results = compare(await inRounds([device('a', 4), device('b', 2, [0, 1])], 2, silent), 'a')
  expect(results[1]).toEqual({ what: 'b', mpps: null, to: 'a', ratio: null, pairs: 0 })
  expect(resultLines(results)[1]).toBe('b  no valid run')
})

test('A ratio is told with its spread', () => {
  const runs: Runs = [
    { round: 0, what: 'bare', mpps: 3 },
    { round: 0, what: 'harness', mpps: 2.85 },
    { round: 1, what: 'bare', mpps: 2 },
    { round: 1, what: 'harness', mpps: 2 },
    { round: 2, what: 'bare', mpps: 2 },
    { round: 2, what: 'harness', mpps: 1.8 },
  ]
  expect(resultLines(compare(runs, 'bare'))[1]).toBe(
    'harness  2.000 Mpps  0.950 of bare (0.900 to 1.000, 3 pairs)',
  )
})

test('Frames that did not arrive make a run invalid, and so does what the trial itself says', () => {
  expect(runOf(3_000_000, 3_000_000, 1e9)).toEqual({ mpps: 3 })
  expect(runOf(3_000_000, 2_999_999, 1e9).invalid).toBe('2999999 of 3000000 frames arrived')
  expect(runOf(3, 3, 1e9, 'the generator sent 2 of 3 frames').invalid).toBe(
    'the generator sent 2 of 3 frames',
  )
})
