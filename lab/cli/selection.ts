/** Which tests the runner shall run: its arguments. */
import type { FrameKind } from '../units/frame.ts'
import type { Mode } from '../units/redirect.ts'

export interface Selection {
  readonly frames?: FrameKind
  readonly mode?: Mode
  /** Only tests of tables, which take it. */
  readonly size?: number
  /** Pattern of titles. */
  readonly grep?: string
}

/** Tests carry their frame kind and mode as tags. */
export function selection({ frames, mode, size, grep }: Selection): string[] {
  const tags = [
    ...(frames ? [frames] : []),
    ...(mode ? [mode] : []),
    ...(size === undefined ? [] : ['table']),
  ]
  const patterns = [
    ...tags.map((tag) => `(?=.*@${tag}(?![\\w-]))`),
    ...(grep === undefined ? [] : [`(?=.*(?:${grep}))`]),
  ]
  return patterns.length === 0 ? [] : ['--grep', patterns.join('')]
}
