/**
 * How well a search repeats on this bed, beside runs at fixed rates: `lab bench devmap --sizes 64` time and again, each
 * with its PDR, with what was received at the highest load (MRR), and with ten trials from there down in steps of a tenth,
 * of which the highest up to which none lost more than PDR allows is the same question without a search. A search
 * cannot repeat better than its bed.
 *
 *     npm run bench:spread [-- --rounds 5]
 */
import { spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { PDR } from '../lab/measure/search/goal.ts'
import { type Measurement, readMeasurements } from '../lab/record/measurement.ts'
import { runFolder } from '../lab/record/run-folder.ts'
import { textTable } from '../lab/record/text-table.ts'
import { median } from '../lab/stats/median.ts'

const LAB = fileURLToPath(new URL('../lab/cli/lab.mjs', import.meta.url))
const BENCH = ['bench', 'devmap', '--sizes', '64', '--suite', 'throughput', '--suite', 'loss', '--no-report']

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } })
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 2) {
  console.error(`--rounds is a whole number from 2, not '${values.rounds}'`)
  process.exit(2)
}

const found: Record<'pdr' | 'mrr' | 'steps', number[]> = { pdr: [], mrr: [], steps: [] }
const rows: string[][] = []
for (let round = 1; round <= rounds; round++) {
  const [load] = loadavg()
  const { pdr, mrr, steps } = await bench()
  rows.push([
    String(round),
    mpps(valueOf(pdr)),
    boundsOf(pdr),
    mpps(valueOf(mrr)),
    boundsOf(mrr),
    mpps(steps),
    load!.toFixed(1),
  ])
  found.pdr.push(...present(valueOf(pdr)))
  found.mrr.push(...present(valueOf(mrr)))
  found.steps.push(...present(steps))
}
const headings = [
  'round',
  'PDR, Mpps',
  'bounds',
  'MRR, Mpps',
  'least and largest',
  'steps, Mpps',
  'load before',
]
console.log(
  textTable(
    headings.map((heading) => ({ heading })),
    rows,
  ).join('\n'),
)
const spread = (of: keyof typeof found) => percent(spreadOf(found[of]))
console.log(
  `spread, of the median: ${rounds} searches ${spread('pdr')}, fixed rates up to where PDR's loss is exceeded ${spread('steps')}, runs at the highest load ${spread('mrr')}; ${cpus().length} CPUs`,
)

interface Found {
  readonly pdr: Measurement | undefined
  readonly mrr: Measurement | undefined
  /** The highest fixed rate up to which no trial lost more than PDR allows; null when the lowest did. */
  readonly steps: number | null
}

async function bench(): Promise<Found> {
  // A search that ends as invalid fails, and its records say why.
  const { stdout: output } = spawnSync(process.execPath, [LAB, ...BENCH], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [, path] = /^Records: (.+)\/measurements\.jsonl$/m.exec(output) ?? []
  if (path === undefined) throw new Error(`the run has no records:\n${output}`)
  const { measurements } = await readMeasurements(runFolder(path))
  const of = (quantity: string) => measurements.find((one) => one.quantity === quantity)
  const losses = measurements
    .filter(({ quantity, value }) => quantity === 'loss-ratio' && value !== null)
    .map(({ value, method }) => ({ rate: Number(method['load, frames/s']), loss: value! }))
    .sort((a, b) => a.rate - b.rate)
  const tooMuch = losses.findIndex(({ loss }) => loss > PDR.lossRatio)
  const within = tooMuch === -1 ? losses : losses.slice(0, tooMuch)
  return { pdr: of('pdr'), mrr: of('mrr'), steps: within.at(-1)?.rate ?? null }
}

/** Of a search that ran out of time the middle of its bounds. */
function valueOf(one: Measurement | undefined): number | null {
  if (!one || one.invalid !== undefined) return null
  if (one.value !== null) return one.value
  return one.lower === null || one.upper === null ? null : (one.lower + one.upper) / 2
}

function boundsOf(one: Measurement | undefined): string {
  if (!one) return '-'
  return one.invalid === undefined ? `${mpps(one.lower)} to ${mpps(one.upper)}` : 'invalid'
}

function spreadOf(numbers: readonly number[]): number {
  return numbers.length < 2 ? NaN : (Math.max(...numbers) - Math.min(...numbers)) / median(numbers)
}

function mpps(rate: number | null): string {
  return rate === null ? '?' : (rate / 1e6).toFixed(3)
}

function percent(part: number): string {
  return Number.isNaN(part) ? '?' : `${(part * 100).toFixed(1)} %`
}

function present(value: number | null): number[] {
  return value === null ? [] : [value]
}
