/** The measurements of a run, a line each. */
import { cellName, compareCells } from '../record/store/cell-name.ts'
import type { Measurement } from '../record/measurement.ts'
import { figureText, quantityText } from '../record/quantity-text.ts'
import { inColumns } from './columns.ts'

/** Empty when there are none. */
export function measurementTable(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return ''
  const rows = measurements
    .toSorted((one, other) => compareCells(one.cell, other.cell))
    .map((measurement) => {
      const { cell, quantity, lower, upper, atLoad, invalid = '' } = measurement
      const bound = (value: number | null) => (value === null ? '-' : quantityText(quantity, value))
      return [
        cellName(cell),
        atLoad === undefined ? quantity : `${quantity}, ${atLoad}`,
        figureText(quantity, measurement),
        bound(lower),
        bound(upper),
        String(measurement.trials),
        invalid,
      ]
    })
  return inColumns(['cell', 'quantity', 'figure', 'lower', 'upper', 'trials', ''], rows, [
    'figure',
    'lower',
    'upper',
    'trials',
  ])
}
