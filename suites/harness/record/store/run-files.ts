/** Results folders as runs leave them, made without running anything. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import type { CellRecord } from '../../../../lab/record/cell.ts'
import { type RunEnvironment, writeEnvironment } from '../../../../lab/record/environment.ts'
import { appendMeasurement, type BenchCell, type Measurement } from '../../../../lab/record/measurement.ts'
import { appendCell, runFolder, type Summary, writeSummary } from '../../../../lab/record/run-folder.ts'

/** A number that no process of this machine has: above the kernel's PID_MAX_LIMIT. */
export const NO_PROCESS = 4_194_305

export const CELL: BenchCell = {
  topology: 'local',
  target: 'devmap',
  frames: 'linear',
  mode: 'native',
  size: 64,
  cores: 1,
}

export const measured = (value: number | null, more: Partial<Measurement> = {}): Measurement => ({
  schema: 1,
  at: '2026-03-01T02:00:00.000Z',
  suite: 'throughput',
  cell: CELL,
  quantity: 'pdr',
  value,
  lower: value === null ? null : value - 1,
  upper: value === null ? null : value + 1,
  trials: 20,
  seconds: 40,
  method: { 'loss ratio': 0.005 },
  ...more,
})

export interface RunFiles {
  readonly cells?: readonly CellRecord[]
  readonly measurements?: readonly Measurement[]
  readonly environment?: RunEnvironment
  /** null for a run that was cut short. */
  readonly summary?: Summary | null
}

const BED: RunEnvironment = {
  kernel: '6.18.44',
  driver: 'veth',
  topology: 'local (1a76f6489d62)',
  began: '2026-03-01T01:59:00.000Z',
}
const COUNTS: Summary = { passed: 1, failed: 0, skipped: 0 }

export class ResultsFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** @param began to the minute: 2026-03-01T02:00. @returns its name. */
  add(
    began: string,
    { cells = [], measurements = [], environment = BED, summary = COUNTS }: RunFiles = {},
    process = NO_PROCESS,
  ): string {
    const name = `${began.replace(':', '-')}-00Z-${process}`
    const folder = runFolder(join(this.path, name))
    mkdirSync(folder.path)
    for (const cell of cells) appendCell(folder, cell)
    for (const measurement of measurements) appendMeasurement(folder, measurement)
    if (Object.keys(environment).length > 0) writeEnvironment(folder, environment)
    if (summary) writeSummary(folder, summary)
    return name
  }

  /** Nights in a row, from 2026-03-01 on, each with one figure. @returns their names. */
  nights(values: readonly (number | null)[], more: Partial<Measurement> = {}): string[] {
    return values.map((value, night) => {
      const day = new Date(Date.UTC(2026, 2, 1 + night, 2)).toISOString()
      return this.add(day.slice(0, 16), { measurements: [measured(value, { at: day, ...more })] })
    })
  }

  latest(name: string): void {
    const link = join(this.path, 'latest')
    rmSync(link, { force: true })
    symlinkSync(name, link)
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.path, path), text)
  }
}

export const test = base.extend<{ results: ResultsFolder }>({
  results: async ({}, use) => {
    const path = mkdtempSync(join(tmpdir(), 'redirect-lab-results-'))
    await use(new ResultsFolder(path))
    rmSync(path, { recursive: true, force: true })
  },
})
