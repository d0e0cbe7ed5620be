/** Figures of one cell as a picture: what a frame costs, how long it takes, how many are lost. */
import { PDR } from '../measure/search/goal.ts'
import { drawCost } from './charts/cost.ts'
import { drawLatency } from './charts/latency.ts'
import { drawLossCurve } from './charts/loss-curve.ts'
import type { Heading } from './charts/picture.ts'
import type { Figure, Quantity } from './measurement.ts'

const REFERENCES: readonly (readonly [name: string, quantity: Quantity])[] = [
  ['XDP_DROP', 'drop-ns'],
  ['XDP_TX', 'tx-ns'],
]

/** @param name of the target. */
export function costPicture(name: string, figures: readonly Figure[], heading: Heading): Promise<string> {
  const row = (title: string, quantity: Quantity) => {
    const {
      value = null,
      lower = null,
      upper = null,
      irregular,
    } = figures.find((one) => one.quantity === quantity) ?? {}
    return { name: irregular === undefined ? title : `${title} (at most)`, ns: value, lower, upper }
  }
  return drawCost({
    heading,
    rows: [
      ...REFERENCES.map(([title, quantity]) => ({ ...row(title, quantity), reference: true })),
      row(name, 'cost-ns'),
    ],
  })
}

const PARTS: readonly (readonly [part: number, quantity: Quantity])[] = [
  [0, 'latency-min'],
  [0.5, 'latency-median'],
  [0.99, 'latency-p99'],
  [0.999, 'latency-p999'],
  [1, 'latency-max'],
]

/** A line for each load. */
export function latencyPicture(figures: readonly Figure[], heading: Heading): Promise<string> {
  const loads = [...new Set(figures.map(({ atLoad = '' }) => atLoad))]
  return drawLatency({
    heading,
    series: loads.map((name) => ({
      name,
      points: PARTS.map(([part, quantity]) => ({
        part,
        ns: figures.find((one) => one.quantity === quantity && one.atLoad === name)?.value ?? null,
      })),
    })),
  })
}

/** @param name of the target. */
export function lossPicture(name: string, figures: readonly Figure[], heading: Heading): Promise<string> {
  return drawLossCurve({
    heading,
    series: [
      {
        name,
        points: figures.map(({ value, method }) => ({
          offered: Number(method['offered, frames/s']),
          loss: value,
        })),
      },
    ],
    goals: [{ name: PDR.name.toUpperCase(), loss: PDR.lossRatio }],
  })
}
