/** Statistics of two things measured in turn: what is compared are pairs, which the same minute disturbed. */

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @throws RangeError for no values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('there is no median of no values')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median =
    sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

/** Each value over the one that was measured beside it; pairs of which either is missing do not count. */
export function pairedRatios(
  ones: readonly (number | undefined)[],
  others: readonly (number | undefined)[],
): number[] {
  if (ones.length !== others.length)
    throw new RangeError(`${ones.length} values cannot be paired with ${others.length}`)
  return ones.flatMap((one, index) => {
    const other = others[index]
    return one === undefined || other === undefined ? [] : [one / other]
  })
}

/** The list begun at another place each round, so that what comes after what changes with the rounds. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const start = list.length === 0 ? 0 : round % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
