/** Data for each chart: as a bench gives it, and as nobody would wish it. */
import type { CostChart } from '../../../../lab/record/charts/cost.ts'
import { drawCost } from '../../../../lab/record/charts/cost.ts'
import { drawDrops, type DropsChart } from '../../../../lab/record/charts/drops.ts'
import { drawHistory, type Night } from '../../../../lab/record/charts/history.ts'
import { drawLatency } from '../../../../lab/record/charts/latency.ts'
import { drawLossCurve } from '../../../../lab/record/charts/loss-curve.ts'
import type { Heading } from '../../../../lab/record/charts/picture.ts'
import { drawQualification } from '../../../../lab/record/charts/qualification.ts'
import type { Rate } from '../../../../lab/record/charts/rates.ts'
import { drawScaling } from '../../../../lab/record/charts/scaling.ts'
import { drawSearch } from '../../../../lab/record/charts/search.ts'
import { drawThroughput } from '../../../../lab/record/charts/throughput.ts'
import { type FrameSize, frameSize, gbps, lineRate } from '../../../../lab/units/frame.ts'
import { TARGETS } from '../../../../lab/units/redirect.ts'

export const heading = (subject: string): Heading => ({
  subject,
  environment: {
    driver: 'mlx5_core',
    kernel: '6.18.0',
    topology: 'bed <7> & "co"',
    began: '2026-11-25T03:54:59Z',
  },
})
export const LONG = 'devmap non-linear native <9000> bytes & a "program" on its entry, on several cores'
const CAPACITY = {
  devmap: 8.65e6,
  'devmap-hash': 8.1e6,
  cpumap: 4.2e6,
  xskmap: 6.1e6,
  ifindex: 9.2e6,
} as const
const SIZES = [64, 128, 256, 512, 1024, 1280, 1518].map(frameSize)

export const NO_RATE: Rate = { value: null, lower: null, upper: null }
/** What a DUT of that capacity does on that line. */
export const rateAt = (capacity: number, size: FrameSize, speed: number): Rate & { size: FrameSize } => {
  const line = lineRate(size, gbps(speed))
  return capacity > line
    ? { size, value: line, lower: line, upper: null, irregular: 'at-ceiling' }
    : { size, value: capacity, lower: capacity * 0.97, upper: capacity * 1.02 }
}
const names = [...TARGETS, ...Array.from({ length: 7 }, (_, index) => `${LONG} ${index}`)]

export const TRIALS = [
  { at: 1, load: 14.88e6, loss: 0.42 },
  { at: 2, load: 8.6e6, loss: 0.003 },
  { at: 3, load: 9e6, loss: null },
  { at: 4, load: 9e6, loss: 0.04 },
  { at: 5, load: 6e6, loss: 0 },
  { at: 6, load: 8.65e6, loss: 0.006 },
] as const
export const GOALS = [
  {
    name: 'NDR',
    loss: 0,
    steps: [
      { at: 1, lower: null, upper: 14.88e6 },
      { at: 2, lower: null, upper: 8.6e6 },
      { at: 5, lower: 6e6, upper: 8.6e6 },
    ],
  },
  {
    name: 'PDR',
    loss: 0.005,
    steps: [
      { at: 1, lower: null, upper: 14.88e6 },
      { at: 2, lower: 8.6e6, upper: 14.88e6 },
      { at: 4, lower: 8.6e6, upper: 9e6 },
      { at: 6, lower: 8.6e6, upper: 8.65e6 },
    ],
  },
] as const

export const DROPS: DropsChart['trials'] = [
  { rate: 5e6, offered: 1e6, lost: [] },
  {
    rate: 14.88e6,
    offered: 1e6,
    lost: [
      { stage: 'flush', reason: 'ENOSPC', frames: 250_000 },
      { stage: 'ingress', reason: 'ring full', frames: 100_000 },
      { stage: 'unexplained', reason: '', frames: 10_000 },
    ],
  },
  { rate: 10e6, offered: 1e6, lost: [{ stage: 'flush', reason: 'ENOSPC', frames: 130_000 }] },
]

export const COSTS: CostChart['rows'] = [
  { name: 'devmap', ns: 115, lower: 112, upper: 119 },
  { name: 'cpumap', ns: 238, lower: 220, upper: 251 },
  { name: 'ifindex', ns: 109, lower: null, upper: null },
  { name: 'XDP_DROP', ns: 42, lower: 41, upper: 43, reference: true },
  { name: 'XDP_TX', ns: 77, lower: 75, upper: 79, reference: true },
]

export const night = (day: number, value: number | null): Night => ({
  at: new Date(Date.UTC(2026, 7, 1 + day, 3, 54)).toISOString(),
  value,
  lower: value === null ? null : value * 0.9975,
  upper: value === null ? null : value * 1.0025,
})
export const NIGHTS: readonly Night[] = [8.65e6, 8.66e6, null, 8.64e6, 8.46e6, 8.47e6, 8.45e6].map(
  (value, day) => ({
    ...night(day, value),
    ...(day === 4 ? { verdict: 'regressed' as const } : {}),
  }),
)
export const GROUPS = [
  { first: 0, last: 3, average: 8.65e6 },
  { first: 4, last: 6, average: 8.46e6 },
] as const

export const ROWS = [
  {
    name: 'devmap linear native 64 B, 1 core',
    shift: -0.021,
    lower: -0.026,
    upper: -0.017,
    verdict: 'regressed',
  },
  {
    name: 'cpumap linear native 64 B, 1 core',
    shift: 0.001,
    lower: -0.003,
    upper: 0.004,
    verdict: 'equivalent',
  },
  {
    name: 'xskmap linear native 64 B, 1 core',
    shift: 0.002,
    lower: -0.016,
    upper: 0.019,
    verdict: 'inconclusive',
  },
] as const

interface Sample {
  readonly what: string
  readonly draw: () => Promise<string>
  /** Words that a reader must find. */
  readonly says: readonly string[]
}

const targets = <Point>(points: (capacity: number) => readonly Point[]) =>
  TARGETS.map((name) => ({ name, points: points(CAPACITY[name]) }))
const losses = (capacity: number) =>
  [1, 3, 5, 7, 9, 11, 13, 14.88].map((mpps) => {
    const offered = mpps * 1e6
    return {
      offered,
      loss: offered > capacity ? 1 - capacity / offered : offered > capacity * 0.8 ? 3e-5 : 0,
    }
  })
const parts = (factor: number) =>
  [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 1].map((part, index) => ({
    part,
    ns: factor * 4200 * (1 + index ** 2 / 4),
  }))
const compared = { margin: 0.01, confidence: 0.95, better: 'higher' } as const

export const SAMPLES: readonly Sample[] = [
  {
    what: 'throughput',
    draw: () =>
      drawThroughput({
        heading: heading('PDR, linear frames, native, 1 core'),
        series: targets((capacity) => SIZES.map((size) => rateAt(capacity, size, 25))),
        lineSpeed: gbps(25),
      }),
    says: [...TARGETS, 'throughput (Mpps)', 'frame size with FCS (bytes)', 'line rate of 25 Gbit/s'],
  },
  {
    what: 'throughput of one cell below the floor',
    draw: () =>
      drawThroughput({
        heading: heading(''),
        series: [
          {
            name: 'devmap',
            points: [
              { size: frameSize(64), value: null, lower: null, upper: 1.2e5, irregular: 'below-floor' },
            ],
          },
        ],
      }),
    says: ['devmap', 'throughput (kpps)', '120'],
  },
  {
    what: 'throughput of twelve long names at many sizes, some missing',
    draw: () =>
      drawThroughput({
        heading: heading(`${LONG} ${LONG}`),
        series: names.map((name, index) => ({
          name,
          points: [64, 66, 128, 129, 512, 1024, 1280, 1518, 2048, 9018]
            .map(frameSize)
            .map((size, place) =>
              (place + index) % 5 === 0 ? { ...NO_RATE, size } : rateAt(9e6 / (index + 1), size, 100),
            ),
        })),
        lineSpeed: gbps(100),
      }),
    says: [...TARGETS, 'throughput (Mpps)', 'line rate of 100 Gbit/s'],
  },
  {
    what: 'throughput of nothing',
    draw: () => drawThroughput({ heading: heading('PDR'), series: [] }),
    says: ['no cell has a figure'],
  },
  {
    what: 'loss',
    draw: () =>
      drawLossCurve({
        heading: heading('64-byte linear frames, native, 1 core'),
        series: targets(losses),
        goals: [
          { name: 'NDR', loss: 0 },
          { name: 'PDR', loss: 0.005 },
        ],
      }),
    says: [
      ...TARGETS,
      'loss ratio (frames lost / frames offered)',
      'offered rate (Mpps)',
      'PDR: up to 0.5 %',
    ],
  },
  {
    what: 'loss of one trial without any',
    draw: () =>
      drawLossCurve({ heading: heading(''), series: [{ name: LONG, points: [{ offered: 900, loss: 0 }] }] }),
    says: ['offered rate (frames/s)', '0'],
  },
  {
    what: 'loss over nine decades',
    draw: () =>
      drawLossCurve({
        heading: heading(''),
        series: [
          {
            name: 'devmap',
            points: [
              { offered: 1000, loss: 1e-9 },
              { offered: 1e7, loss: 1 },
              { offered: 5e6, loss: null },
              { offered: 6e6, loss: 0 },
            ],
          },
        ],
      }),
    says: ['devmap'],
  },
  {
    what: 'latency',
    draw: () =>
      drawLatency({
        heading: heading('devmap, 64-byte linear frames, native, 1 core'),
        series: [
          { name: '10 % of PDR', points: parts(1) },
          { name: '100 % of PDR', points: parts(40) },
        ],
      }),
    says: ['10 % of PDR', '100 % of PDR', 'percentile of frames (%)', '99.9', 'max', '10 µs', '1 ms'],
  },
  {
    what: 'latency that never changes, and a load without any',
    draw: () =>
      drawLatency({
        heading: heading(''),
        series: [
          { name: 'a', points: [0, 0.5, 1].map((part) => ({ part, ns: 4000 })) },
          { name: LONG, points: [] },
        ],
      }),
    says: ['a', '5 µs'],
  },
  {
    what: 'latency from 0 ns to 4 s',
    draw: () =>
      drawLatency({
        heading: heading(''),
        series: [
          {
            name: 'a',
            points: [
              { part: 0, ns: 0 },
              { part: 0.5, ns: null },
              { part: 0.9999999, ns: 1e9 },
              { part: 1, ns: 4e9 },
            ],
          },
        ],
      }),
    says: ['1 ns', '10 s'],
  },
  {
    what: 'scaling',
    draw: () =>
      drawScaling({
        heading: heading('PDR, 64-byte linear frames, native'),
        series: targets((capacity) =>
          [1, 2, 4, 8].map((cores) => ({ cores, ...rateAt(capacity * cores ** 0.8, frameSize(64), 40) })),
        ),
      }),
    says: [
      ...TARGETS,
      'throughput (Mpps)',
      'cores of the DUT that share the work',
      'ideal: as many times one',
    ],
  },
  {
    what: 'scaling of one core',
    draw: () =>
      drawScaling({
        heading: heading(''),
        series: [{ name: 'devmap', points: [{ cores: 1, value: 0, lower: 0, upper: 0 }] }],
      }),
    says: ['devmap', '1'],
  },
  {
    what: 'the search',
    draw: () => drawSearch({ heading: heading('devmap, 64 B'), trials: TRIALS, goals: GOALS }),
    says: [
      'load (Mpps), every trial',
      'time since the search began (s)',
      'no loss',
      'loss within PDR (0.5 %)',
      'invalid trial',
      'NDR: lower bound',
      'PDR: upper bound',
      'load (Mpps) around PDR: 8.6 Mpps to 8.65 Mpps',
    ],
  },
  {
    what: 'a search of one trial',
    draw: () =>
      drawSearch({
        heading: heading(''),
        trials: TRIALS.slice(4, 5),
        goals: [{ name: LONG, loss: 0, steps: [{ at: 5, lower: 6e6, upper: null }] }],
      }),
    says: ['no loss'],
  },
  {
    what: 'a search that never began',
    draw: () => drawSearch({ heading: heading(''), trials: [], goals: [] }),
    says: ['no trial was made'],
  },
  {
    what: 'drops',
    draw: () => drawDrops({ heading: heading('devmap, 64 B'), trials: DROPS }),
    says: [
      'flush: ENOSPC',
      'ingress: ring full',
      'unexplained',
      'offered rate (Mpps)',
      'lost, of the frames offered (%)',
    ],
  },
  {
    what: 'drops of forty rates for many reasons',
    draw: () =>
      drawDrops({
        heading: heading(''),
        trials: Array.from({ length: 40 }, (_, index) => ({
          rate: 5e6 + index * 2.1e5,
          offered: 1e6,
          lost: ['a', 'b', 'c', LONG].map((reason, place) => ({
            stage: 'wire' as const,
            reason,
            frames: index * (place + 1),
          })),
        })),
      }),
    says: ['wire: 2 other reasons'],
  },
  {
    what: 'drops where there are none',
    draw: () => drawDrops({ heading: heading(''), trials: [{ rate: 100, offered: 0, lost: [] }] }),
    says: ['0'],
  },
  {
    what: 'cost',
    draw: () => drawCost({ heading: heading('64-byte linear frames, native'), rows: COSTS }),
    says: [
      'devmap',
      'XDP_DROP',
      'time per frame (ns)',
      '115 ns (112 to 119), +73 against XDP_DROP, +38 against XDP_TX',
    ],
  },
  {
    what: 'cost from 3 ns to 0.1 ms, one not measured',
    draw: () =>
      drawCost({
        heading: heading(''),
        rows: [
          { name: 'devmap', ns: null, lower: null, upper: null },
          { name: LONG, ns: 123_456, lower: 100_000, upper: 200_000 },
          { name: 'xskmap', ns: 3, lower: null, upper: null },
        ],
      }),
    says: ['not measured', '3 ns', '123,456 ns (100,000 to 200,000)'],
  },
  {
    what: 'history',
    draw: () =>
      drawHistory({
        heading: heading('PDR of devmap, 64 B'),
        quantity: 'pdr',
        nights: NIGHTS,
        groups: GROUPS,
      }),
    says: ['partial drop rate (Mpps); higher is better', 'regressed', '−2.20 %', '2026-08-01', 'night (UTC)'],
  },
  {
    what: 'history of one night',
    draw: () =>
      drawHistory({
        heading: heading(''),
        quantity: 'latency-p99',
        nights: [night(0, 12_345)],
        groups: [{ first: 0, last: 0, average: 12_345 }],
      }),
    says: ['99th percentile of latency (µs); lower is better'],
  },
  {
    what: 'history of two years, half of it invalid, with a leap',
    draw: () =>
      drawHistory({
        heading: heading(''),
        quantity: 'back-to-back',
        nights: Array.from({ length: 730 }, (_, day) =>
          night(day, day % 2 === 0 ? null : day < 400 ? 1 : 1e9),
        ),
        groups: [
          { first: 0, last: 399, average: 1 },
          { first: 400, last: 729, average: 1e9 },
        ],
      }),
    says: ['longest burst without loss (frames); higher is better', 'a night that says nothing'],
  },
  {
    what: 'history without a figure',
    draw: () => drawHistory({ heading: heading(''), quantity: 'pdr', nights: [night(0, null)], groups: [] }),
    says: ['no night has a figure'],
  },
  {
    what: 'qualification',
    draw: () => drawQualification({ heading: heading('Linux 6.17 against 6.18'), rows: ROWS, ...compared }),
    says: [
      'devmap linear native 64 B, 1 core',
      'regressed −2.10 % (−2.60 to −1.70)',
      'equivalent +0.10 % (−0.30 to +0.40)',
      'shift (%)',
    ],
  },
  {
    what: 'qualification with a cell that fell by 95 %, and one without a figure',
    draw: () =>
      drawQualification({
        heading: heading(''),
        rows: [
          { name: LONG, shift: -0.95, lower: -0.99, upper: -0.9, verdict: 'regressed' },
          { name: 'b', shift: null, lower: null, upper: null, verdict: 'inconclusive' },
          { name: 'c', shift: 0.003, lower: null, upper: null, verdict: 'inconclusive' },
          ...ROWS,
        ],
        ...compared,
      }),
    says: [
      'regressed −95 % (−99 to −90)',
      'inconclusive: no figure on one side',
      'inconclusive +0.30 % (no interval)',
    ],
  },
  {
    what: 'cost of nothing',
    draw: () => drawCost({ heading: heading(''), rows: [] }),
    says: ['nothing was measured'],
  },
  {
    what: 'qualification of nothing',
    draw: () => drawQualification({ heading: heading(''), rows: [], ...compared }),
    says: ['no cell was compared'],
  },
]
