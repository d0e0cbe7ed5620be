/** What a frame costs the CPU that receives it, from the counts of a trial at more than it can take. */
import { ACTIONS } from '../units/redirect.ts'
import type { RateTrial } from './rate-trial.ts'

export interface Work {
  readonly offered: number
  /** Frames that the receive ring refused. */
  readonly refused: number
  /** Frames that the program answered for. */
  readonly taken: number
  /** Seconds from the first frame sent to the last. */
  readonly sendingTime: number
}

/**
 * saturated: frames waited for the CPU all the time, so the time went to those that it took. at-ceiling: the
 * generator could not keep it busy, so a frame costs this at the most.
 */
export interface FrameCost {
  readonly kind: 'saturated' | 'at-ceiling'
  readonly ns: number
}

/** A ring that overflows in a stall now and then refuses less. */
const OVERFLOWING = 0.05

/** @returns undefined when no frame was taken. */
export function frameCost({ offered, refused, taken, sendingTime }: Work): FrameCost | undefined {
  if (taken <= 0) return undefined
  return {
    kind: refused >= OVERFLOWING * offered ? 'saturated' : 'at-ceiling',
    ns: (sendingTime * 1e9) / taken,
  }
}

export function workOf({ offered, sendingTime, trial }: RateTrial): Work {
  const { ingress } = trial.answers
  return {
    offered,
    refused: trial.ledger.steps.find(({ stage }) => stage === 'ingress')!.lost,
    taken: ACTIONS.reduce((frames, action) => frames + ingress[action], 0),
    sendingTime,
  }
}
