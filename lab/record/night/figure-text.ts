/** A figure of a night in one line, and the word and status by which the report groups it. */
import { changeText } from '../charts/quantity-text.ts'
import { quantityText } from '../quantity-text.ts'
import { cellName } from '../store/cell-name.ts'
import type { NightFigure } from './night.ts'

export const figureName = ({ cell, quantity }: NightFigure): string => `${cellName(cell)} ${quantity}`

/** `3.32 Mpps, −2.2 % against the usual 3.40 Mpps; runs 3.31 …`; why there is none where there is none. */
export function figureLine({ quantity, figure, usual, change, runs, verdict, why }: NightFigure): string {
  const text = (value: number) => quantityText(quantity, value, 4)
  const against =
    change === null || usual === null ? '' : `, ${changeText(change)} against the usual ${text(usual)}`
  const all = runs.length > 1 ? `; median of ${runs.map(text).join(', ')}` : ''
  const reason = why === undefined ? '' : `${verdict === 'unmeasured' && figure === null ? '' : '; '}${why}`
  return `${figure === null ? '' : text(figure)}${against}${all}${reason}`
}

export interface FigureStatus {
  readonly status: 'passed' | 'failed' | 'broken'
  /** First word of the message; none for what needs no group. */
  readonly word: string | undefined
}

export function statusOf({ verdict, blame = 'INVALID' }: NightFigure): FigureStatus {
  switch (verdict) {
    case 'regression':
      return { status: 'failed', word: 'REGRESSION' }
    case 'improvement':
      return { status: 'passed', word: 'IMPROVEMENT' }
    case 'suspected':
    case 'noise':
      return { status: 'passed', word: 'NOISE' }
    case 'unmeasured':
      return { status: 'broken', word: blame }
    case 'learning':
    case 'ok':
      return { status: 'passed', word: undefined }
    default:
      return verdict satisfies never
  }
}
