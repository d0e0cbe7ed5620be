/** What a trial of a search answered, in words and as a symbol. */
import { GROUND } from '../look.ts'
import type { Glyph } from './legend.ts'
import { ratioText } from './quantity-text.ts'

export interface SearchTrial {
  /** Seconds since the search began, at its end. */
  readonly at: number
  /** Offered, in frames per second. */
  readonly load: number
  /** Of 0 to 1; null for an invalid trial. */
  readonly loss: number | null
}

interface Allowed {
  readonly name: string
  readonly loss: number
}

const NONE = 'no loss'
const OVER = 'more loss than any goal allows'
const INVALID = 'invalid trial'
const within = ({ name, loss }: Allowed) => `loss within ${name} (${ratioText(loss)})`

/** Goals that allow a loss, the strictest first. */
const lenient = (goals: readonly Allowed[]) =>
  goals.filter(({ loss }) => loss > 0).sort((a, b) => a.loss - b.loss)

export function answerOf({ loss }: SearchTrial, goals: readonly Allowed[]): string {
  if (loss === null) return INVALID
  if (loss === 0) return NONE
  const goal = lenient(goals).find((one) => loss <= one.loss)
  return goal === undefined ? OVER : within(goal)
}

/** Those that occur, from best to worst. */
export function answersOf(trials: readonly SearchTrial[], goals: readonly Allowed[]): string[] {
  const found = new Set(trials.map((trial) => answerOf(trial, goals)))
  return [NONE, ...lenient(goals).map(within), OVER, INVALID].filter((answer) => found.has(answer))
}

/** From good to bad: full and blue, half and amber, red; an invalid trial is a grey cross. */
export function glyphOf(answer: string, answers: readonly string[]): Glyph {
  const filled = (shape: string, fill: string, size = 60): Glyph => ({ shape, fill, stroke: GROUND, size })
  switch (answer) {
    case NONE:
      return filled('circle', '#00865f')
    case OVER:
      return filled('triangle-down', '#c8400a', 80)
    case INVALID:
      return { shape: 'M-1,-1L1,1M1,-1L-1,1', fill: 'transparent', stroke: '#7a8694', size: 50 }
    default:
      return filled(answers.indexOf(answer) % 2 === 1 ? 'diamond' : 'square', '#d99a00', 80)
  }
}
