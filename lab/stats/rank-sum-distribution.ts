/** How likely each Mann-Whitney U is when nothing but chance assigns the samples to the two sides. */

/**
 * Exact null distribution of U, by dynamic programming over the distinct values in ascending order: of each the side
 * may hold some of the samples. Without ties it is the usual distribution; with ties it is that of all permutations
 * of the samples at hand, so nothing is approximated.
 *
 * @param tieGroups how many samples share each distinct value, in ascending order; all ones without ties
 * @param chosen samples on the side whose U it is
 * @returns P(U <= u) by 2 u, since a tie counts as half a pair
 */
export function chancesOfAtMost(tieGroups: readonly number[], chosen: number): Float64Array {
  const all = tieGroups.reduce((sum, size) => sum + size, 0)
  const width = 2 * chosen * (all - chosen) + 1
  // ways[k][s]: k samples so far are the side's, and s is twice the pairs that they win against the others'.
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(width))
  ways[0]![0] = 1
  let before = 0
  for (const size of tieGroups) {
    // From the top, so that what this group adds is not taken up by it again.
    for (let had = Math.min(before, chosen); had >= 0; had -= 1)
      for (let taken = 1; taken <= Math.min(size, chosen - had); taken += 1) {
        const wins = taken * (2 * (before - had) + size - taken)
        addShifted(ways[had + taken]!, ways[had]!, wins, binomial(size, taken))
      }
    before += size
  }
  // Counts are whole numbers and are divided last: with few samples nothing is rounded but the result.
  let sum = 0
  const waysToAtMost = ways[chosen]!.map((count) => (sum += count))
  return waysToAtMost.map((count) => count / sum)
}

function addShifted(to: Float64Array, from: Float64Array, by: number, times: number): void {
  for (let at = 0; at + by < to.length; at += 1) to[at + by]! += from[at]! * times
}

function binomial(n: number, k: number): number {
  let result = 1
  for (let i = 1; i <= k; i += 1) result = (result * (n - k + i)) / i
  return result
}
