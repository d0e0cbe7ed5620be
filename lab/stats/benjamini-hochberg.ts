/** Many tests at once: of what is called a discovery, at most a given share is expected to be chance. */

/**
 * Adjusted p-values, in the order given: those at most `q` are discoveries at a false discovery rate of `q`
 * (Benjamini and Hochberg 1995; holds for independent and for positively dependent tests).
 */
export function adjustedForMany(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p)
  const adjusted = pValues.map(() => 1)
  let smallest = 1
  order.forEach(({ p, index }, position) => {
    smallest = Math.min(smallest, (p * pValues.length) / (pValues.length - position))
    adjusted[index] = smallest
  })
  return adjusted
}
