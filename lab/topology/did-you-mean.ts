/** Suggests the nearest known word for a mistyped one. */
import { closest, distance } from 'fastest-levenshtein'

/** `; did you mean "X"?`, or nothing when no known word is near. */
export function didYouMean(found: unknown, known: readonly string[]): string {
  const near = nearest(found, known)
  return near === undefined ? '' : `; did you mean ${quote(near)}?`
}

export function nearest(found: unknown, known: readonly string[]): string | undefined {
  if (typeof found !== 'string' || known.length === 0) return undefined
  const word = found.toLowerCase()
  const lower = known.map((one) => one.toLowerCase())
  const near = closest(word, lower)
  // Two slips, or one in three letters of a long word; beyond that a suggestion misleads.
  const slips = Math.max(Math.min(2, word.length - 1), Math.floor(word.length / 3))
  return distance(word, near) <= slips ? known[lower.indexOf(near)] : undefined
}

export const quote = (text: string): string => JSON.stringify(text)
