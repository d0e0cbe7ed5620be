/** Breaks text into lines of at most `width` characters: between words, and within a word that is too long. */
export function wrap(text: string, width: number): string[] {
  return wrapWords(text.split(/\s+/), width)
}

/** The same for words that hold spaces. A line that goes on does not end with the separator. */
export function wrapWords(words: readonly string[], width: number, separator = ' '): string[] {
  const lines: string[] = []
  for (const piece of words.flatMap((word) => pieces(word, width))) {
    const last = lines.at(-1)
    if (last !== undefined && length(last) + length(separator) + length(piece) <= width)
      lines[lines.length - 1] = last + separator + piece
    else lines.push(piece)
  }
  return lines
}

/** In characters as a reader counts them, not in UTF-16 units. */
export const length = (text: string): number => characters(text).length

function pieces(word: string, width: number): string[] {
  const all = characters(word)
  return Array.from({ length: Math.ceil(all.length / width) }, (_, index) =>
    all.slice(index * width, (index + 1) * width).join(''),
  )
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const characters = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)
