/** Figures with their units, as axes and labels say them. */

export interface Unit {
  readonly name: string
  /** How much of the plain figure one of it is. */
  readonly worth: number
}

/** Of rates in frames per second, for an axis that goes this far. */
export function rateUnit(largest: number): Unit {
  if (largest >= 1e6) return { name: 'Mpps', worth: 1e6 }
  if (largest >= 1e3) return { name: 'kpps', worth: 1e3 }
  return { name: 'frames/s', worth: 1 }
}

/** `8.652 Mpps`: bounds of a search are nearer to each other than a hundredth. */
export function rateText(rate: number): string {
  const { name, worth } = rateUnit(rate)
  return `${figure(rate / worth, 4)} ${name}`
}

const TIMES: readonly Unit[] = [
  { name: 's', worth: 1e9 },
  { name: 'ms', worth: 1e6 },
  { name: 'µs', worth: 1e3 },
  { name: 'ns', worth: 1 },
]

/** Of times in nanoseconds, for an axis that goes this far. */
export const timeUnit = (largest: number): Unit =>
  TIMES.find(({ worth }) => largest >= worth) ?? TIMES.at(-1)!

/** Nanoseconds as `12.5 µs`. */
export function timeText(ns: number): string {
  const { name, worth } = timeUnit(ns)
  return `${figure(ns / worth)} ${name}`
}

/** A ratio as `0.5 %`; a very small one as `1e-5`. */
export function ratioText(ratio: number): string {
  if (ratio !== 0 && Math.abs(ratio) < 1e-4) return Number(ratio.toPrecision(2)).toExponential()
  return `${figure(ratio * 100)} %`
}

/** A change as `+0.3 %`, `−2.1 %`: always with a sign, and two decimals at most. */
export function changeText(ratio: number): string {
  const percent = Math.abs(ratio * 100)
  const text = percent < 10 ? percent.toFixed(2) : figure(percent)
  return `${Number(text) === 0 ? '±' : ratio < 0 ? '−' : '+'}${text} %`
}

/** As many digits that count, three unless told; whole numbers keep all of theirs. */
export function figure(value: number, digits = 3): string {
  if (Math.abs(value) >= 10 ** (digits - 1)) return Math.round(value).toLocaleString('en')
  return String(Number(value.toPrecision(digits)))
}
