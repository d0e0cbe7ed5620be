/** Runs as one table (RFC 4180): a row for each test and each measurement, told apart by the column `kind`. */
import { topologyName } from '../environment.ts'
import { QUANTITIES } from '../measurement.ts'
import type { StoredRun } from '../store/read-run.ts'

const COLUMNS = [
  'kind',
  'run',
  'at',
  'driver',
  'kernel',
  'topology',
  'suite',
  'title',
  'target',
  'frames',
  'mode',
  'size',
  'cores',
  'verdict',
  'message',
  'offered',
  'received',
  'lost',
  'unexplained',
  'rate',
  'latency_ns',
  'quantity',
  'at_load',
  'value',
  'unit',
  'lower',
  'upper',
  'irregular',
  'invalid',
  'trials',
  'seconds',
] as const

type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string | number | null | undefined>>>

export function csv(runs: readonly StoredRun[]): string {
  const rows = runs.flatMap((run) => [...testsOf(run), ...measurementsOf(run)])
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((name) => field(row[name])).join(','))]
    .map((line) => `${line}\n`)
    .join('')
}

function bedOf({ name, environment }: StoredRun): Row {
  const { driver, kernel, began } = environment
  return { run: name, at: began, driver, kernel, topology: topologyName(environment) }
}

function testsOf(run: StoredRun): Row[] {
  return run.cells.map(({ suite, title, about, cell, lost, latencyNs, ...rest }) => ({
    ...bedOf(run),
    kind: 'test',
    suite,
    title,
    ...about,
    size: cell?.size,
    verdict: rest.verdict,
    message: rest.message,
    offered: rest.offered,
    received: rest.received,
    lost: lost.map(({ stage, reason, count }) => `${count} ${stage}: ${reason}`).join('; '),
    unexplained: rest.unexplained,
    rate: rest.rate,
    latency_ns: latencyNs,
  }))
}

function measurementsOf(run: StoredRun): Row[] {
  return run.measurements.map(({ cell, atLoad, ...measured }) => ({
    ...bedOf(run),
    kind: 'measurement',
    at: measured.at,
    ...cell,
    suite: measured.suite,
    quantity: measured.quantity,
    at_load: atLoad,
    value: measured.value,
    unit: QUANTITIES[measured.quantity].unit,
    lower: measured.lower,
    upper: measured.upper,
    irregular: measured.irregular,
    invalid: measured.invalid,
    trials: measured.trials,
    seconds: measured.seconds,
  }))
}

function field(value: string | number | null | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
