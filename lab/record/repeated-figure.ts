/** The same trial made again and again, as one figure: what it was in the middle, and how far it spread. */
import { median } from '../stats/median.ts'
import type { Telling } from '../measure/throughput.ts'
import type { Figure, Quantity } from './measurement.ts'

/**
 * @param values of the valid trials, in the unit of the quantity; without any the figure is invalid.
 * @param telling `fastest` is for rates alone.
 */
export function repeatedFigure(
  quantity: Quantity,
  values: readonly number[],
  about: Pick<Figure, 'seconds' | 'method' | 'atLoad' | 'irregular' | 'invalid'>,
  telling: Telling = 'median',
): Figure {
  const { method, ...rest } = about
  const measured = values.length > 0
  return {
    quantity,
    value: !measured ? null : telling === 'fastest' ? Math.max(...values) : median(values),
    lower: measured ? Math.min(...values) : null,
    upper: measured ? Math.max(...values) : null,
    ...(measured ? {} : { invalid: 'no trial was valid' }),
    trials: values.length,
    ...rest,
    method: { ...method, value: `${telling} of the trials`, bounds: 'least and largest of the trials' },
  }
}
