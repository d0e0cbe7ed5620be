/**
 * How people name the cells of measurements: TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY, as
 * `devmap/linear/native/64/1@local`. Parts may be left out from the right, which names all cells that begin so,
 * and so may the topology.
 */
import { didYouMean } from '../../topology/did-you-mean.ts'
import { FRAME_KINDS } from '../../units/frame.ts'
import { MODES, TARGETS } from '../../units/redirect.ts'
import type { BenchCell } from '../measurement.ts'

/** In the order of a name. */
const PARTS: readonly (readonly [keyof BenchCell, readonly string[] | 'number'])[] = [
  ['target', TARGETS],
  ['frames', FRAME_KINDS],
  ['mode', MODES],
  ['size', 'number'],
  ['cores', 'number'],
]

export const cellName = (cell: BenchCell): string =>
  `${PARTS.map(([part]) => cell[part]).join('/')}@${cell.topology}`

/** Whether a cell is among those that a name, or the beginning of one, stands for. */
export type CellFilter = (cell: BenchCell) => boolean

/** @throws RangeError that says which part is wrong, and what it may be. */
export function cellsNamed(text: string): CellFilter {
  const [path = '', topology, ...more] = text.split('@')
  const words = path === '' ? [] : path.split('/')
  if (more.length > 0 || topology === '' || words.length > PARTS.length || text === '')
    throw new RangeError(
      `a cell is named TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY, or by the beginning of that; got ${JSON.stringify(text)}`,
    )
  for (const [index, word] of words.entries()) {
    const [part, known] = PARTS[index]!
    if (known === 'number' ? !/^[1-9]\d*$/.test(word) : !known.includes(word))
      throw new RangeError(
        known === 'number'
          ? `in the name of a cell, ${part} is a whole number from 1 on; got ${JSON.stringify(word)}`
          : `${JSON.stringify(word)} is no ${part} of a cell, which is one of ${known.join(', ')}${didYouMean(word, known)}`,
      )
  }
  return (cell) =>
    (topology === undefined || cell.topology === topology) &&
    words.every((word, index) => String(cell[PARTS[index]![0]]) === word)
}

/** In the order of targets, frame kinds and modes, then by number. */
export function compareCells(one: BenchCell, other: BenchCell): number {
  for (const [part, known] of PARTS) {
    const place = (cell: BenchCell) =>
      known === 'number' ? Number(cell[part]) : known.indexOf(String(cell[part]))
    if (place(one) !== place(other)) return place(one) - place(other)
  }
  return one.topology < other.topology ? -1 : Number(one.topology > other.topology)
}
