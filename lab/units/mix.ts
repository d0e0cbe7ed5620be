/** Frames of several sizes in one load. */
import { type FrameSize, frameSize } from './frame.ts'

export interface MixPart {
  readonly size: FrameSize
  /** Of so many frames in all parts, as many are of this size. */
  readonly parts: number
}

export type Mix = readonly MixPart[]

/** The simple Internet mix that generators share, 7:4:1; sizes with FCS, the last what an MTU of 1500 lets through. */
export const IMIX: Mix = [
  { size: frameSize(64), parts: 7 },
  { size: frameSize(570), parts: 4 },
  { size: frameSize(1518), parts: 1 },
]

export const partsOf = (mix: Mix): number => mix.reduce((sum, { parts }) => sum + parts, 0)

/** The mean size, to the byte: bits of a load are as many as if all its frames had it. */
export const meanSize = (mix: Mix): FrameSize =>
  frameSize(Math.round(mix.reduce((sum, { size, parts }) => sum + size * parts, 0) / partsOf(mix)))

/** How many frames of each size, in the order of the mix; `count` in all. */
export function sharesOf(mix: Mix, count: number): number[] {
  const all = partsOf(mix)
  let before = 0
  return mix.map(({ parts }) => {
    const [from, to] = [before, before + parts].map((at) => Math.round((count * at) / all))
    before += parts
    return to! - from!
  })
}
