/** Figures of measurements in the words of people: 8.62 Mpps, 12.3 us. */
import { type Quantity, QUANTITIES, type Measurement } from './measurement.ts'

/**
 * @param value in the unit of the quantity.
 * @param places significant digits.
 */
export function quantityText(quantity: Quantity, value: number, places = 3): string {
  const { unit } = QUANTITIES[quantity]
  switch (unit) {
    case 'frames/s':
      return scaled(value, ['pps', 'kpps', 'Mpps', 'Gpps'], places)
    case 'ns':
      return scaled(value, ['ns', 'us', 'ms', 's'], places)
    case 'frames':
      return `${Math.round(value).toLocaleString('en-US')} frames`
    case 'ns/frame':
      return `${digits(value, places)} ns`
    case 'cycles/frame':
      return `${digits(value, places)} cycles`
    case 'ratio':
      return `${digits(value * 100, places)} %`
    default:
      return unit satisfies never
  }
}

/** The figure of a measurement as it has to be read: a bound is said to be one. */
export function figureText(
  quantity: Quantity,
  { value, irregular, invalid }: Pick<Measurement, 'value' | 'irregular' | 'invalid'>,
): string {
  if (invalid !== undefined) return 'invalid'
  if (value === null) return irregular === 'below-floor' ? 'below floor' : 'none'
  // At a ceiling the DUT is at least as good as this: of what is better when less, it is at most this.
  const atLeast = (irregular === 'at-ceiling') === (QUANTITIES[quantity].better === 'higher')
  const mark = irregular === undefined ? '' : atLeast ? '≥ ' : '≤ '
  return `${mark}${quantityText(quantity, value)}`
}

function scaled(value: number, units: readonly string[], places: number): string {
  let [rest, index] = [value, 0]
  // What is rounded to 1000 is one of the next unit.
  for (; Math.abs(rest) >= 1000 - 0.5 * 10 ** (3 - places) && index < units.length - 1; index++) rest /= 1000
  return `${index === 0 && places <= 3 ? Math.round(rest) : digits(rest, places)} ${units[index]!}`
}

/** So many of them, or all before the point; below one, those after its zeros. */
function digits(value: number, places: number): string {
  const size = Math.abs(value)
  if (size > 0 && size < 1 - 0.5 * 10 ** -places) return value.toPrecision(places)
  const before = [1, 2, 3].find((count) => size < 10 ** count - 0.5 * 10 ** (count - places)) ?? 4
  return value.toFixed(Math.max(0, places - before))
}
