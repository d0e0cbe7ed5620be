/** Numbers as a line of small bars. */
import { medianOrNull } from '../stats/median.ts'

const BARS = '▁▂▃▄▅▆▇█'
/** Part of the median that the scale spans at least: noise of half a per cent is not to look like a mountain. */
const LEAST_SPAN = 0.1

/**
 * One sign for each, gaps for null; more than `width` are put together, and stand as the median of their neighbours.
 *
 * @param median of the values, about which a scale that is too narrow is widened.
 */
export function sparkline(values: readonly (number | null)[], median: number, width: number): string {
  const columns = inColumns(values, width)
  const there = columns.filter((value) => value !== null)
  const least = Math.abs(median) * (LEAST_SPAN / 2)
  const low = Math.min(...there, median - least)
  const high = Math.max(...there, median + least)
  const barOf = (value: number) => {
    const share = high === low ? 0.5 : (value - low) / (high - low)
    return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]!
  }
  return columns.map((value) => (value === null ? '·' : barOf(value))).join('')
}

function inColumns(values: readonly (number | null)[], width: number): (number | null)[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * values.length) / width)
    const to = Math.floor(((column + 1) * values.length) / width)
    return medianOrNull(values.slice(from, to).filter((value) => value !== null))
  })
}
