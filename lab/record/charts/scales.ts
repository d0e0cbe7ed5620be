/** Scales of a panel, with domains that hold for one point, for equal ones and for a huge range. */
import type { Scale } from 'vega'

/** From zero up to a bit above the largest. */
export function zeroBased(name: string, values: readonly number[], range: readonly [number, number]): Scale {
  const largest = Math.max(0, ...values)
  return linear(name, [0, largest === 0 ? 1 : largest * 1.06], range)
}

/** Around the values: a change of little would not be seen from zero. */
export function around(name: string, values: readonly number[], range: readonly [number, number]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  // A hundredth of the value, so that noise of a thousandth does not fill the picture.
  const room = Math.max((high - low) * 0.12, (Math.abs(high) * 0.01) / 2, Number.MIN_VALUE)
  return values.length === 0
    ? linear(name, [0, 1], range)
    : linear(
        name,
        [low === high && low === 0 ? -1 : low - room, high === low && high === 0 ? 1 : high + room],
        range,
      )
}

export const linear = (
  name: string,
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale => ({ name, type: 'linear', domain: [...domain], range: [...range], zero: false, nice: false })

/** A logarithmic scale over whole powers of ten around the values, which are above zero; and those powers. */
export function logarithmic(
  name: string,
  values: readonly number[],
  range: readonly [number, number],
): { scale: Scale; decades: readonly number[] } {
  const [low, high] = values.length === 0 ? [1, 10] : [Math.min(...values), Math.max(...values)]
  const first = Math.floor(Math.log10(low) + 1e-9)
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9))
  const decades = Array.from({ length: last - first + 1 }, (_, index) => power(first + index))
  return { scale: { name, type: 'log', domain: [decades[0]!, decades.at(-1)!], range: [...range] }, decades }
}

/** Without the error of Math.pow. */
const power = (exponent: number): number => Number(`1e${exponent}`)

/** Ascending levels of 1, 2 and 5 times a power of ten around values above zero; of a huge range only the powers. */
export function levelsAround(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const first = Math.floor(Math.log10(low) + 1e-9)
  const decades = Math.ceil(Math.log10(high) - 1e-9) - first
  const steps = decades > 3 ? [1] : [1, 2, 5]
  const all = Array.from({ length: decades + 2 }, (_, index) => power(first + index)).flatMap((decade) =>
    steps.map((step) => step * decade),
  )
  const from = all.findLastIndex((level) => level <= low * (1 + 1e-9))
  const to = all.findIndex((level) => level >= high * (1 - 1e-9))
  return all.slice(from, Math.max(to, from + 1) + 1)
}
