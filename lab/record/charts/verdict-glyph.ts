/** The verdicts of a comparison as symbols: by shape and colour, neither needed alone. */
import { GROUND } from '../look.ts'
import type { Glyph } from './legend.ts'

export const VERDICTS = ['regressed', 'improved', 'equivalent', 'inconclusive'] as const
export type Verdict = (typeof VERDICTS)[number]

export const VERDICT_GLYPHS: Readonly<Record<Verdict, Glyph>> = {
  regressed: { shape: 'triangle-down', fill: '#c8400a', stroke: GROUND, size: 130 },
  improved: { shape: 'triangle-up', fill: '#0072b2', stroke: GROUND, size: 130 },
  equivalent: { shape: 'circle', fill: '#55616f', stroke: GROUND, size: 60 },
  inconclusive: { shape: 'circle', fill: GROUND, stroke: '#8a6d00', size: 70 },
}
