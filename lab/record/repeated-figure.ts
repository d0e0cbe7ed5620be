/** The same trial made again and again, as one figure: what it was in the middle, and how far it spread. */
import { median } from '../stats/median.ts'
import type { Figure, Quantity } from './measurement.ts'

/** Which of several trials counts. The fastest, where whatever else the machine does makes trials slower and never faster. */
export type Counts = 'median' | 'fastest'

/**
 * @param values of the valid trials, in the unit of the quantity; without any the figure is invalid.
 * @param counts `fastest` is for rates alone.
 */
export function repeatedFigure(
  quantity: Quantity,
  values: readonly number[],
  about: Pick<Figure, 'seconds' | 'method' | 'atLoad' | 'irregular' | 'invalid'>,
  counts: Counts = 'median',
): Figure {
  const { method, ...rest } = about
  const measured = values.length > 0
  return {
    quantity,
    value: !measured ? null : counts === 'fastest' ? Math.max(...values) : median(values),
    lower: measured ? Math.min(...values) : null,
    upper: measured ? Math.max(...values) : null,
    ...(measured ? {} : { invalid: 'no trial was valid' }),
    trials: values.length,
    ...rest,
    method: { ...method, value: `${counts} of the trials`, bounds: 'least and largest of the trials' },
  }
}
