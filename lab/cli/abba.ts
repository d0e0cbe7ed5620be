/** The order of two arms in which a steady drift of the bed meets both alike. */
import { WrongUse } from './wrong-use.ts'

export type ArmName = 'A' | 'B'

/**
 * A B B A, then B A A B, and so on by turns.
 *
 * @param switches how often each arm comes: an even number, from 2.
 * @throws WrongUse
 */
export function abba(switches: number): ArmName[] {
  if (switches < 2 || switches % 2 === 1)
    throw new WrongUse(
      `${switches} switches for each arm: an even number from 2 is needed, since arms are run as A B B A`,
    )
  return Array.from({ length: switches / 2 }, (_, quad) =>
    quad % 2 === 0 ? (['A', 'B', 'B', 'A'] as const) : (['B', 'A', 'A', 'B'] as const),
  ).flat()
}
