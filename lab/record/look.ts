/** How the pictures of a report look: one width, one family of fonts, dark ink on a light ground. */

export const WIDTH = 920
export const MARGIN = 28
/** From one line of text to the next. */
export const LINE = 18

export const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif'
export const SIZE = { title: 20, word: 15, text: 13, small: 11.5 } as const

export const GROUND = '#ffffff'
export const INK = '#1f2933'
export const FAINT = '#55616f'

/** Fonts differ from viewer to viewer: a wide one has letters of 0.58 of its size on average. */
const ADVANCE = 0.58
/** Letters of this size that a width has room for. */
export const fits = (width: number, size: number): number => Math.floor(width / (size * ADVANCE))
/** Width that so many letters of this size need. */
export const widthOf = (letters: number, size: number): number => Math.ceil(letters * size * ADVANCE)
