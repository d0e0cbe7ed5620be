/** Figures of measurements in the words of people: 8.62 Mpps, 12.3 us. */
import { type Quantity, QUANTITIES, type Measurement } from './measurement.ts'

/** @param value in the unit of the quantity. */
export function quantityText(quantity: Quantity, value: number): string {
  const { unit } = QUANTITIES[quantity]
  switch (unit) {
    case 'frames/s':
      return scaled(value, ['pps', 'kpps', 'Mpps', 'Gpps'])
    case 'ns':
      return scaled(value, ['ns', 'us', 'ms', 's'])
    case 'frames':
      return `${Math.round(value).toLocaleString('en-US')} frames`
    case 'ns/frame':
      return `${digits(value)} ns`
    case 'cycles/frame':
      return `${digits(value)} cycles`
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
  const mark = irregular === undefined ? '' : irregular === 'at-ceiling' ? '≥ ' : '≤ '
  return `${mark}${quantityText(quantity, value)}`
}

function scaled(value: number, units: readonly string[]): string {
  let [rest, index] = [value, 0]
  // What is rounded to 1000 is one of the next unit.
  for (; Math.abs(rest) >= 999.5 && index < units.length - 1; index++) rest /= 1000
  return `${index === 0 ? Math.round(rest) : digits(rest)} ${units[index]!}`
}

/** Three of them, or all before the point. */
const digits = (value: number): string =>
  value.toFixed(Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2)
