/** The cells of a run's tables, a line each. Which way frames went is told where a test names one. */
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
  const rows = cells.map(rowOf)
  if (cells.every(({ way }) => way === undefined)) return inColumns(HEADINGS, rows, RIGHT)
  const at = HEADINGS.indexOf('offered')
  const ways = cells.map(({ way }) => (way ? wayText(way) : '-'))
  return inColumns(
    HEADINGS.toSpliced(at, 0, 'way'),
    rows.map((row, index) => row.toSpliced(at, 0, ways[index]!)),
    RIGHT,
  )
}

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
