/** Figures of a comparison in the words of people. */
import { quantityText } from '../quantity-text.ts'
import type { Row, RowJudgement } from './performance.ts'
import type { RowName } from './samples.ts'

/** TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY */
export const cellText = ({ cell }: RowName): string =>
  `${[cell.target, cell.frames, cell.mode, cell.size, cell.cores].join('/')}@${cell.topology}`

export const quantityName = ({ quantity, atLoad }: RowName): string =>
  atLoad === undefined ? quantity : `${quantity}, ${atLoad}`

/** Four digits: what is compared differs by less than a hundredth. */
export function valueText({ quantity }: RowName, value: number | null): string {
  if (value === null) return '-'
  return quantityText(quantity, value, 4)
}

/** A share as `−2.1 %`, always with its sign. */
export function changeText(share: number): string {
  const text = Math.abs(share * 100).toFixed(1)
  return `${Number(text) === 0 ? '±' : share < 0 ? '−' : '+'}${text} %`
}

export function intervalText({ lower, upper }: Row): string {
  if (lower === null || upper === null) return '-'
  return `${changeText(lower).replace(' %', '')} to ${changeText(upper)}`
}

/** At the ceiling of generator or line the DUT may have done more than was measured. */
export function shiftText({ shift, A, B }: Row): string {
  if (shift === null) return '-'
  const bound = (shift < 0 ? A : B).atCeiling > 0 && shift !== 0
  return `${bound ? 'at least ' : ''}${changeText(shift)}`
}

export function verdictText(judgement: RowJudgement): string {
  if (judgement.verdict !== 'inconclusive') return judgement.verdict
  const { moreRuns, why } = judgement
  if (typeof moreRuns === 'number') return `inconclusive, ${moreRuns} more ${moreRuns === 1 ? 'run' : 'runs'}`
  return `inconclusive: ${why ?? 'not said'}`
}

/** `1 run`, `2 runs`. */
export const counted = (count: number, one: string, more = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : more}`
