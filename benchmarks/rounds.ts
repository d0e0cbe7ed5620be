/** Measures several things in rounds, each thing once a round, and compares them with the first. */
import type { Run } from './devmap-path.ts'
import { pairedRatios, rotated, spreadOf } from './ratios.ts'
import type { BenchmarkRecord } from './record.ts'

export interface Contender {
  readonly what: string
  readonly run: () => Promise<Run>
}

export type Runs = BenchmarkRecord['runs']

/** A round before the first warms up caches and clocks, and is forgotten. */
export async function inRounds(
  contenders: readonly Contender[],
  rounds: number,
  say: (line: string) => void,
): Promise<Runs> {
  const runs: Runs = []
  for (const { run } of contenders) await run()
  for (let round = 0; round < rounds; round++)
    for (const { what, run } of rotated(contenders, round)) {
      const { mpps, invalid } = await run()
      runs.push({ round, what, mpps, ...(invalid === undefined ? {} : { invalid }) })
      say(
        `round ${round + 1}  ${what}: ${invalid === undefined ? `${mpps.toFixed(3)} Mpps` : `INVALID, ${invalid}`}`,
      )
    }
  return runs
}

/** Each thing over the one named `to`; a run that is invalid takes its pair with it. */
export function compare(runs: Runs, to: string): BenchmarkRecord['results'] {
  const rounds = [...new Set(runs.map(({ round }) => round))]
  const ratesOf = (name: string) =>
    rounds.map((round) => {
      const found = runs.find((run) => run.round === round && run.what === name)
      return found?.invalid === undefined ? found?.mpps : undefined
    })
  const base = ratesOf(to)
  return [...new Set(runs.map(({ what }) => what))].map((what) => {
    const rates = ratesOf(what)
    const valid = rates.filter((rate) => rate !== undefined)
    const ratios = pairedRatios(rates, base)
    return {
      what,
      mpps: valid.length === 0 ? null : spreadOf(valid),
      to,
      ratio: ratios.length === 0 ? null : spreadOf(ratios),
      pairs: ratios.length,
    }
  })
}

/** One line a thing: its rate, and its ratio with the least and the largest of a pair. */
export function resultLines(results: BenchmarkRecord['results']): string[] {
  const width = Math.max(...results.map(({ what }) => what.length))
  return results.map(({ what, mpps, ratio, pairs, to }) => {
    const rate = mpps === null ? 'no valid run' : `${mpps.median.toFixed(3)} Mpps`
    if (ratio === null) return `${what.padEnd(width)}  ${rate}`
    const spread = `${ratio.min.toFixed(3)} to ${ratio.max.toFixed(3)}`
    return `${what.padEnd(width)}  ${rate}  ${ratio.median.toFixed(3)} of ${to} (${spread}, ${pairs} pairs)`
  })
}
