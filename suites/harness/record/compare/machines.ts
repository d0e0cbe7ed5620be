/** Machines that are measured night after night: a known speed, noise between and within, and now and then a spoiled run. */
import type { Measurement, Quantity } from '../../../../lab/record/measurement.ts'
import type { ComparedRun, Outcome, Side } from '../../../../lab/record/compare/side.ts'
import { type Chance, chanceOf } from '../../stats/chance.ts'

export interface Machine {
  /** What it does, by size of frame, in the unit of the quantity. */
  readonly speed: Readonly<Record<number, number>>
  /** Standard deviation of a run, as a share. */
  readonly noise?: number
  /** Share of runs that something disturbs: they are 3 to 10 % worse. */
  readonly spoiled?: number
  readonly quantity?: Quantity
  readonly environment?: Readonly<Record<string, string>>
  readonly cells?: readonly Outcome[]
  /** What else its measurements say. */
  readonly also?: Partial<Measurement>
}

export const BED = {
  kernel: '6.18.44',
  driver: 'veth',
  topology: 'local (1a76f6489d62)',
  generator: 'soft 6.18.44',
  evidence: 'light',
  cpu: 'some processor',
}

/** One run as a machine of this level has it: noise, and mischief. */
export function drawn(chance: Chance, level: number, noise: number, spoiled: number): number {
  const clean = chance.normal(level, noise * level)
  return chance.uniform() < spoiled ? clean * (0.97 - 0.07 * chance.uniform()) : clean
}

/** So many runs of a machine. Another `name` is another series of chances. */
export function measure(name: string, machine: Machine, runs: number): Side {
  const chance = chanceOf(name)
  return {
    name,
    runs: Array.from({ length: runs }, (_, index) => runOf(`${name}-${index + 1}`, chance, machine)),
  }
}

function runOf(name: string, chance: Chance, machine: Machine): ComparedRun {
  const { speed, noise = 0.005, spoiled = 0, quantity = 'pdr', environment, cells = [], also } = machine
  return {
    name,
    environment: { ...BED, began: `2026-11-25T00:00:00.${name}`, ...environment },
    cells,
    measurements: Object.entries(speed).map(([size, level]) => ({
      ...measurement(quantity, Number(size), drawn(chance, level, noise, spoiled)),
      ...also,
    })),
  }
}

export const measurement = (quantity: Quantity, size: number, value: number | null): Measurement => ({
  schema: 1,
  at: '2026-11-25T01:00:00.000Z',
  suite: 'throughput',
  cell: { topology: 'local', target: 'devmap', frames: 'linear', mode: 'native', size, cores: 1 },
  quantity,
  value,
  lower: value,
  upper: value,
  trials: 20,
  seconds: 40,
  method: { loss: 0.005, width: 0.005 },
})

export const outcome = (title: string, verdict: Outcome['verdict'], more?: Partial<Outcome>): Outcome => ({
  suite: 'devmap',
  title,
  verdict,
  ...more,
})
