/** What the trials of a run took beyond their loads, in a line. */
import { median } from '../stats/median.ts'

interface Timed {
  readonly overhead?: { readonly whole: number; readonly generator: number } | undefined
}

/** Empty when nothing of it is known. */
export function overheadText(trials: readonly Timed[]): string {
  const known = trials.flatMap(({ overhead }) => (overhead === undefined ? [] : [overhead]))
  if (known.length === 0) return ''
  const parts = (['whole', 'generator'] as const).map((part) => {
    const times = known.map((one) => one[part])
    return `${median(times).toFixed(2)} s (at most ${Math.max(...times).toFixed(2)} s)`
  })
  return `A trial took ${parts[0]} beyond its load, the generator ${parts[1]} of it`
}
