/** With whom it lies that something could not be measured, by the words in which it was said. */
import type { Blame } from './night.ts'

const WORDS: readonly (readonly [RegExp, Blame])[] = [
  [/generator limit: /, 'GENERATOR-LIMIT'],
  [/the link of .* went down/, 'LINK'],
  [/KERNEL: /, 'KERNEL'],
  [/TRex|TREX_DIR/, 'TREX'],
  [/INFRA: /, 'INFRA'],
]

/** `INVALID` when the trials said nothing, for no reason of these. */
export const blameOf = (message: string): Blame =>
  WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'INVALID'
