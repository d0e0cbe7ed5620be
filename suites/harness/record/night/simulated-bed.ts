/** A bed of known figures that lives through nights: it is measured, judged, and measured again where it is asked for. */
import type { BenchCell, Measurement } from '../../../../lab/record/measurement.ts'
import type { Accepted } from '../../../../lab/record/night/good-nights.ts'
import { judgeFigures } from '../../../../lab/record/night/judge-figures.ts'
import type { Night, NightFigure } from '../../../../lab/record/night/night.ts'
import { type Target, TARGETS } from '../../../../lab/units/redirect.ts'
import { type Chance, chanceOf } from '../../stats/chance.ts'

export const BED = 'simulated'
const LEVEL = 8_000_000

export interface Bed {
  /** Share of runs that something spoils by 3 to 10 %. */
  readonly spoiled?: number
  /** Standard deviation of one run, as a share. */
  readonly noise?: number
}

export const cellOf = (target: Target, size = 64): BenchCell => ({
  ...{ topology: BED, target, frames: 'linear', mode: 'native', size, cores: 1 },
})

/** So many cells, of all targets in turn. */
export const cells = (many: number): BenchCell[] =>
  Array.from({ length: many }, (_, index) =>
    cellOf(TARGETS[index % TARGETS.length]!, 64 + Math.floor(index / TARGETS.length)),
  )

export class SimulatedBed {
  readonly nights: Night[] = []
  readonly #chance: Chance
  readonly #cells: readonly BenchCell[]
  readonly #bed: Required<Bed>
  accepted: Accepted | undefined
  /** What a measurement is in place of a figure; undefined for a sound one. */
  fault: (cell: BenchCell, run: number) => Partial<Measurement> | undefined = () => undefined
  /** Share of its level that a cell is at. */
  level: (cell: BenchCell) => number = () => 1
  #measured = 0

  constructor(name: string, of: readonly BenchCell[], { spoiled = 0, noise = 0.005 }: Bed = {}) {
    this.#chance = chanceOf(name)
    this.#cells = of
    this.#bed = { spoiled, noise }
  }

  /** How many times a cell was measured. */
  get measured(): number {
    return this.#measured
  }

  live(nights: number): void {
    for (let night = 0; night < nights; night++) this.night()
  }

  /** As `lab nightly` goes about it. */
  night(): readonly NightFigure[] {
    const drift = new Map(this.#cells.map((cell) => [cell, this.#chance.normal(1, 0.6 * this.#bed.noise)]))
    const measurements = this.#cells.map((cell) => this.#measure(cell, drift.get(cell)!, 0))
    const judge = () => judgeFigures(this.nights, measurements, this.accepted)
    for (let round = 0; round < 2; round++)
      for (const { cell, runs } of judge().rerun)
        for (let run = 1; run <= runs; run++) measurements.push(this.#measure(cell, drift.get(cell)!, run))
    const { figures } = judge()
    const began = new Date(Date.UTC(2026, 0, 1 + this.nights.length, 2)).toISOString()
    this.nights.push({
      schema: 1,
      run: `${began.slice(0, 19).replaceAll(':', '-')}Z-1`,
      topology: BED,
      driver: 'ice',
      began,
      figures: [...figures],
    })
    return figures
  }

  #measure(cell: BenchCell, drift: number, run: number): Measurement {
    this.#measured++
    const { spoiled, noise } = this.#bed
    const sound = LEVEL * this.level(cell) * drift * this.#chance.normal(1, noise)
    const value = this.#chance.uniform() < spoiled ? sound * (0.97 - 0.07 * this.#chance.uniform()) : sound
    const fault = this.fault(cell, run)
    return {
      ...{ schema: 1, at: '2026-01-01T02:00:00.000Z', suite: 'throughput', cell, quantity: 'pdr' },
      ...{ lower: null, upper: null, trials: 20, seconds: 40, method: { 'goal width': 0.005 } },
      value: fault ? null : value,
      ...fault,
    }
  }
}
