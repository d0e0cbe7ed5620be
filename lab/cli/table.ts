/** The cells of a run's tables, a line each. */
import type { CellRecord } from '../record/cell.ts'
import { wayText } from '../record/way-text.ts'
import { inColumns } from './columns.ts'

const HEADINGS = [
  'suite',
  'frames',
  'mode',
  'size',
  'offered',
  'received',
  'lost by reason',
  'rate',
  'bulk',
  'latency',
  'verdict',
]
const RIGHT = ['size', 'offered', 'received', 'rate', 'bulk', 'latency']

export function table(cells: readonly CellRecord[]): string {
  const columns = OPTIONAL.filter(({ isNeeded }) => cells.some(isNeeded))
  const widened = (row: readonly string[], texts: readonly string[]) =>
    columns.reduceRight((wider, { before }, index) => {
      return wider.toSpliced(HEADINGS.indexOf(before), 0, texts[index]!)
    }, row)
  return inColumns(
    widened(
      HEADINGS,
      columns.map(({ heading }) => heading),
    ),
    cells.map((cell) =>
      widened(
        rowOf(cell),
        columns.map(({ text }) => text(cell)),
      ),
    ),
    RIGHT,
  )
}

interface OptionalColumn {
  readonly heading: string
  readonly before: string
  /** Whether this row has something to say in it. */
  readonly isNeeded: (cell: CellRecord) => boolean
  readonly text: (cell: CellRecord) => string
}

const targetOf = ({ cell, about }: CellRecord): string | undefined => cell?.target ?? about?.target

/** From the left to the right. */
const OPTIONAL: readonly OptionalColumn[] = [
  {
    // Most suites are named like their target.
    heading: 'target',
    before: 'frames',
    isNeeded: (one) => targetOf(one) !== undefined && targetOf(one) !== one.suite,
    text: (one) => targetOf(one) ?? '-',
  },
  {
    heading: 'way',
    before: 'offered',
    isNeeded: ({ way }) => way !== undefined,
    text: ({ way }) => (way ? wayText(way) : '-'),
  },
]

function rowOf({
  suite,
  title,
  about,
  cell,
  offered,
  received,
  lost,
  unexplained,
  rate,
  bulkAverage,
  latencyNs,
  verdict,
  refused,
}: CellRecord): string[] {
  if (!cell)
    return [suite, about?.frames ?? '-', about?.mode ?? '-', '-', '-', '-', title, '-', '-', '-', verdict]
  return [
    suite,
    cell.frames,
    cell.mode,
    String(cell.size),
    String(offered),
    String(received),
    lossText({ lost, unexplained }) || '-',
    rate === null ? '-' : rateText(rate),
    bulkAverage === null ? '-' : bulkAverage.toFixed(1),
    latencyNs === null ? '-' : `${(latencyNs / 1000).toFixed(latencyNs < 10_000 ? 1 : 0)} us`,
    verdict === 'ok' && refused !== undefined ? 'refused' : verdict,
  ]
}

/** Empty when nothing was lost. */
export function lossText({ lost, unexplained }: Pick<CellRecord, 'lost' | 'unexplained'>): string {
  const losses = lost.map(({ stage, reason, count }) => `${count} ${stage}: ${reason}`)
  if (unexplained !== 0) losses.push(`${unexplained} UNEXPLAINED`)
  return losses.join(', ')
}

function rateText(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(2)} Mpps`
  return rate >= 1e3 ? `${(rate / 1e3).toFixed(0)} kpps` : `${rate.toFixed(0)} pps`
}
