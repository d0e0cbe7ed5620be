/** Which ticks get a label when there is not room for all. */
import { SIZE, widthOf } from '../look.ts'

/** Those values, ascending, whose labels do not touch the one before; the last always. `pixels` is the way between two. */
export function apart(
  values: readonly number[],
  pixels: (way: readonly [number, number]) => number,
  label: (value: number) => string = String,
): number[] {
  const kept: number[] = []
  const touch = (from: number, to: number) =>
    pixels([from, to]) <
    (widthOf(label(from).length, SIZE.small) + widthOf(label(to).length, SIZE.small)) / 2 + 10
  for (const value of values) if (kept.length === 0 || !touch(kept.at(-1)!, value)) kept.push(value)
  const last = values.at(-1)
  if (last !== undefined && kept.at(-1) !== last) {
    while (kept.length > 1 && touch(kept.at(-1)!, last)) kept.pop()
    kept.push(last)
  }
  return kept
}
