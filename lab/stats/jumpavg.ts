/**
 * Splits a series into groups of values that belong together, by minimum description length: of all ways to write
 * the series down, group by group, the shortest is the likeliest. The model and its results are those of jumpavg in
 * FD.io CSIT (resources/libraries/python/jumpavg), which judges the nightly results of VPP.
 */

export interface Group {
  /** Index of its first value. */
  readonly from: number
  readonly size: number
  readonly average: number
}

/** Bits that the largest value is known to; a unit is what the last of them is worth. CSIT's default. */
const SIGNIFICANT_BITS = 12
const LARGEST = 2 ** (SIGNIFICANT_BITS + 1) - 1

/** The last group of a way to write the series down; the groups before it are final. */
interface Last {
  readonly from: number
  readonly size: number
  readonly average: number
  /** Sum of the squared distances from the average. */
  readonly squares: number
  readonly before: Last | undefined
  readonly bitsBefore: number
}

/**
 * Groups in the order of the series, which together hold all of it. Takes time with the square of its length.
 *
 * @param values all in one unit, none below zero
 * @throws RangeError for a value that is below zero or not finite
 */
export function jumpavg(values: readonly number[]): Group[] {
  const wrong = values.find((value) => !(value >= 0 && value < Infinity))
  if (wrong !== undefined) throw new RangeError(`values to group are 0 or more; got ${wrong}`)
  const bitsOf = bitsOfGroups(values)
  let ways: Last[] = []
  let best: Last | undefined
  let fewest = 0
  values.forEach((value, from) => {
    const fresh: Last = { from, size: 1, average: value, squares: 0, before: best, bitsBefore: fewest }
    ways = [...ways.map((way) => withOneMore(way, value)), fresh]
    best = fresh
    fewest = fresh.bitsBefore + bitsOf(fresh)
    for (const way of ways.slice(0, -1)) {
      const bits = way.bitsBefore + bitsOf(way)
      if (bits < fewest) [best, fewest] = [way, bits]
    }
  })
  return groupsUpTo(best)
}

/** By Welford's method, which loses no digits to large averages. */
function withOneMore(way: Last, value: number): Last {
  const size = way.size + 1
  const distance = value - way.average
  return {
    ...way,
    size,
    average: way.average + distance / size,
    squares: way.squares + (distance * distance * way.size) / size,
  }
}

function groupsUpTo(last: Last | undefined): Group[] {
  const groups: Group[] = []
  for (let one = last; one; one = one.before)
    groups.unshift({ from: one.from, size: one.size, average: one.average })
  return groups
}

/**
 * Bits to write a group down as a decoder could read it: how many values, their average, their deviation, and where
 * on the sphere of that deviation they lie. Values are in units.
 */
function bitsOfGroups(values: readonly number[]): (last: Last) => number {
  const unit = Math.max(...values, 0) / LARGEST || 1
  const sphere = sphereBits(values.length)
  return ({ size, average, squares, before }) => {
    // A size of n is taken to be as likely as 1 / (n (n + 1)), and so is a deviation below.
    const bits = Math.log2(size * (size + 1)) + averageBits(average / unit, before && before.average / unit)
    if (size === 1) return bits
    const deviation = Math.sqrt(squares / size) / unit
    return (
      bits +
      Math.log2((deviation + 1) * (deviation + 2)) +
      Math.log2(1 - 1 / (LARGEST + 2)) +
      sphere[size]! +
      Math.log2(deviation + 1) * (size - 2)
    )
  }
}

/** The first average may be anything up to the largest; a later one is the less likely the nearer to that before it. */
function averageBits(average: number, previous: number | undefined): number {
  if (previous === undefined) return Math.log2(LARGEST + 1)
  const norm = previous * previous - (previous - 1) * LARGEST + (LARGEST * LARGEST) / 2
  return Math.log2(norm / (Math.abs(average - previous) + 1))
}

/**
 * By size n: bits of the surface of a sphere in n - 1 dimensions, whose radius is √n; the part that grows with the
 * deviation is left out. ln Γ of halves by its recursion, from Γ(1/2) = √π and Γ(1) = 1.
 */
function sphereBits(upTo: number): number[] {
  const logGamma = [NaN, NaN, Math.log(Math.PI) / 2, 0]
  for (let n = 4; n <= upTo; n += 1) logGamma.push(logGamma[n - 2]! + Math.log((n - 3) / 2))
  return logGamma.map(
    (lnGamma, n) =>
      (Math.LN2 + (Math.log(Math.PI) * (n - 1)) / 2 - lnGamma + (Math.log(n) * (n - 2)) / 2) / Math.LN2,
  )
}
