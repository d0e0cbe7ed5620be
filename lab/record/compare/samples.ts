/** The figures of a side, by cell and quantity: what enters a comparison, and what is left out of it. */
import { median } from '../../stats/median.ts'
import { type Measurement, QUANTITIES } from '../measurement.ts'
import { LOST_AT_MOST } from '../throughput-figures.ts'
import type { Side } from './side.ts'

/** Rows of two sides are the same when all of this is. */
export type RowName = Pick<Measurement, 'cell' | 'quantity' | 'atLoad'>

export interface Samples extends RowName {
  /** One of each search or block of trials, in the unit of the quantity, in the order of the runs. */
  readonly values: readonly number[]
  /** The middle of what each run has, where it has any: runs in blocks are fewer than their values. */
  readonly blocks: readonly number[]
  /** Measurements that say nothing about the DUT, and why. */
  readonly invalid: readonly string[]
  /** Values that are only a bound: generator or line ended before the DUT did, so it does at least this. */
  readonly atCeiling: number
  /** Values at a highest load of which the DUT took nearly all: what it can do may be more. */
  readonly hardlyLoaded: number
  /** Drivers of the runs that measured it. */
  readonly drivers: readonly string[]
  /** Parameters of how they were measured, as far as all agree. */
  readonly method: ReadonlyMap<string, string>
}

export function samplesOf({ runs }: Side): Map<string, Samples> {
  const found = new Map<string, { of: Measurement[]; runs: number[]; drivers: Set<string> }>()
  for (const [number, { environment, measurements }] of runs.entries())
    for (const measurement of measurements) {
      const key = rowKey(measurement)
      const row = found.get(key) ?? { of: [], runs: [], drivers: new Set<string>() }
      found.set(key, row)
      row.of.push(measurement)
      row.runs.push(number)
      row.drivers.add(environment['driver'] ?? 'unknown driver')
    }
  return new Map(
    [...found].map(([key, { of, runs: from, drivers }]) => [key, samplesIn(of, from, [...drivers])]),
  )
}

export const rowKey = ({ cell, quantity, atLoad }: RowName): string =>
  JSON.stringify([
    cell.topology,
    cell.target,
    cell.frames,
    cell.mode,
    cell.size,
    cell.cores,
    quantity,
    atLoad ?? null,
  ])

/** @param from number of the run that each is of. */
function samplesIn(of: readonly Measurement[], from: readonly number[], drivers: readonly string[]): Samples {
  const values = of.map(comparedValue)
  const [{ cell, quantity, atLoad }] = of as [Measurement]
  return {
    ...{ cell, quantity, atLoad },
    values: values.filter((value) => value !== null),
    blocks: [...new Set(from)].flatMap((run) => {
      const own = values.filter((value, index) => value !== null && from[index] === run) as number[]
      return own.length === 0 ? [] : [median(own)]
    }),
    invalid: of.flatMap((one, index) =>
      values[index] === null ? [one.invalid ?? one.irregular ?? 'without a value'] : [],
    ),
    atCeiling: of.filter((one, index) => values[index] !== null && one.irregular === 'at-ceiling').length,
    hardlyLoaded: of.filter((one, index) => values[index] !== null && isHardlyLoaded(one)).length,
    drivers: drivers.toSorted(),
    method: methodOf(of),
  }
}

/** Part of the highest load that is lost by a DUT of which it is known that it can do no more. */
const OVERLOADED = 0.05

function isHardlyLoaded({ method }: Measurement): boolean {
  const lost = method[LOST_AT_MOST]
  return typeof lost === 'number' && lost < OVERLOADED
}

/** What varies from run to run was found out by the measurement and is no parameter of it; one run cannot tell. */
function methodOf(of: readonly Measurement[]): Samples['method'] {
  const names = of.length === 1 ? [] : Object.keys(of[0]!.method).filter((name) => name !== LOST_AT_MOST)
  const constant = names.filter((name) => new Set(of.map(({ method }) => method[name])).size === 1)
  return new Map(constant.map((name) => [name, String(of[0]!.method[name])]))
}

/**
 * A search that found even its lowest load too much says of the DUT that it is worse than that: left out, the worst
 * runs would be missing. It counts as the upper bound, or as nothing at all.
 */
export function comparedValue({ quantity, value, upper, irregular, invalid }: Measurement): number | null {
  if (invalid !== undefined) return null
  if (value === null && irregular === 'below-floor' && QUANTITIES[quantity].better === 'higher')
    return upper ?? 0
  return value
}
