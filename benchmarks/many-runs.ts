/** Years of runs, as their nights would have left them, with figures that scatter like those of a bed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchCell, Measurement } from '../lab/record/measurement.ts'
import { CellRecord, NO_OUTCOME } from '../lab/record/cell.ts'
import { FRAME_KINDS } from '../lab/units/frame.ts'
import { MODES, TARGETS } from '../lab/units/redirect.ts'

const SIZES = [64, 128, 256, 512, 1518]
const CORES = [1, 2]
const FIRST = Date.UTC(2017, 0, 1)
/** Three a day. */
const BETWEEN_MS = 8 * 3_600_000
/** Of every so many, one measurement says nothing of the DUT. */
const INVALID_OF = 97

/** At most 200. */
export function manyCells(count: number): BenchCell[] {
  const all = TARGETS.flatMap((target) =>
    FRAME_KINDS.flatMap((frames) =>
      MODES.flatMap((mode) =>
        SIZES.flatMap((size) =>
          CORES.map((cores) => ({ topology: 'generated', target, frames, mode, size, cores })),
        ),
      ),
    ),
  )
  return all.slice(0, count)
}

/** Each with a measurement and a test of every cell. @returns names of the runs, the oldest first. */
export function writeManyRuns(results: string, { runs, cells }: { runs: number; cells: number }): string[] {
  const all = manyCells(cells)
  const tests = all.map((cell) => `${JSON.stringify(testOf(cell))}\n`).join('')
  return Array.from({ length: runs }, (_, number) => {
    const at = new Date(FIRST + number * BETWEEN_MS).toISOString()
    const name = `${at.slice(0, 19).replaceAll(':', '-')}Z-${number + 1}`
    const folder = join(results, name)
    mkdirSync(folder, { recursive: true })
    const measurements = all.map(
      (cell, index) => `${JSON.stringify(measurementOf(cell, at, number + index * 31))}\n`,
    )
    writeFileSync(join(folder, 'measurements.jsonl'), measurements.join(''))
    writeFileSync(join(folder, 'cells.jsonl'), tests)
    const environment = { kernel: '6.18.44', driver: 'veth', topology: 'generated (0123456789ab)', began: at }
    writeFileSync(join(folder, 'environment.json'), JSON.stringify(environment))
    writeFileSync(join(folder, 'summary.json'), JSON.stringify({ passed: cells, failed: 0, skipped: 0 }))
    return name
  })
}

function measurementOf(cell: BenchCell, at: string, seed: number): Measurement {
  const valid = seed % INVALID_OF !== 0
  const value = Math.round(8_650_000 * (1 + 0.005 * Math.sin(seed * 12.9898)))
  return {
    schema: 1,
    at,
    suite: 'throughput',
    cell,
    quantity: 'pdr',
    value: valid ? value : null,
    lower: valid ? value - 20_000 : null,
    upper: valid ? value + 20_000 : null,
    ...(!valid && { invalid: 'the generator fell short by 3 %' }),
    trials: 24,
    seconds: 41.5,
    method: { 'loss ratio': 0.005, 'exceed ratio': 0.5, width: 0.005, 'final trial': '1 s' },
  }
}

function testOf({ target, frames, mode, size, cores }: BenchCell): CellRecord {
  return {
    ...NO_OUTCOME,
    suite: target,
    title: `every ${frames} frame of ${size} bytes arrives whole through ${target}, ${mode}, by ${cores}`,
    table: true,
    about: { target, frames, mode },
    cell: { target, frames, mode, size },
    offered: 10_000,
    received: 10_000,
    rate: 300_029,
    bulkAverage: 16,
    latencyNs: 38_912,
    verdict: 'ok',
  }
}
