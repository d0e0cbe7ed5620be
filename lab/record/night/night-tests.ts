/** What the tests of a night say: claims that failed, and tests that say nothing since the lab or a trial was at fault. */
import type { CellRecord } from '../cell.ts'

export interface BrokenTest {
  readonly suite: string
  readonly title: string
  readonly message: string
  /** It held the night before. */
  readonly fresh: boolean
}

export interface NightTests {
  readonly held: number
  readonly broken: readonly BrokenTest[]
  /** By their cause: how many could not be run, or said nothing. */
  readonly silent: readonly { readonly message: string; readonly tests: number }[]
}

/** Words of the lab, which say nothing about the DUT (fixtures/matchers.ts). */
const SILENT = /^(Error: )?(INFRA|INVALID): /

/** @param before cells of the last night. */
export function testsOf(cells: readonly CellRecord[], before: readonly CellRecord[]): NightTests {
  const keyOf = ({ suite, title }: CellRecord) => `${suite}\0${title}`
  const held = new Set(before.filter(({ verdict }) => verdict === 'ok').map(keyOf))
  const broken = new Map<string, BrokenTest>()
  const silent = new Map<string, Set<string>>()
  for (const cell of cells) {
    const { verdict, suite, title, message = '' } = cell
    if (verdict === 'infra' || (verdict === 'failed' && SILENT.test(message))) {
      const tests = silent.get(message) ?? new Set()
      silent.set(message, tests.add(keyOf(cell)))
    } else if (verdict === 'failed' && !broken.has(keyOf(cell)))
      broken.set(keyOf(cell), { suite, title, message, fresh: held.has(keyOf(cell)) })
  }
  return {
    held: new Set(cells.filter(({ verdict }) => verdict === 'ok').map(keyOf)).size,
    broken: [...broken.values()],
    silent: [...silent].map(([message, tests]) => ({ message, tests: tests.size })),
  }
}
