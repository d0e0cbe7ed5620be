/** Where frames were lost as the load grew: at each offered rate the parts of what was offered, stacked by stage and reason. */
import type { Data, Mark } from 'vega'
import { type Stage, STAGES } from '../../measure/reasons.ts'
import { FAINT, GROUND, SIZE } from '../look.ts'
import { along, labelledApart, upwards } from './axes.ts'
import { on } from './marks.ts'
import { drawPicture, type Heading, type Plot, textMark } from './picture.ts'
import { figure, rateUnit, ratioText } from './quantity-text.ts'
import { zeroBased } from './scales.ts'

type Place = Stage | 'unexplained'

export interface DropsChart {
  readonly heading: Heading
  readonly trials: readonly {
    /** Frames per second. */
    readonly rate: number
    /** Frames. */
    readonly offered: number
    readonly lost: readonly {
      readonly stage: Place
      readonly reason: string
      readonly frames: number
    }[]
  }[]
}

/** By stage, so that the eye finds the place before the words; after Okabe and Ito, and Tol. */
const SHADES: Readonly<Record<Place, readonly string[]>> = {
  ingress: ['#0072b2', '#5aa9d8', '#a8d3ec'],
  program: ['#8a6d00', '#c4a43a', '#e2d08f'],
  redirect: ['#d55e00', '#ee9350', '#f7c49c'],
  flush: ['#00865f', '#4fb897', '#a3dcc9'],
  cpu: ['#b3478f', '#d488b9', '#ebc0dc'],
  stack: ['#4b5a9b', '#8b97c7', '#c2c9e3'],
  egress: ['#6b4226', '#a3795b', '#d0b29c'],
  wire: ['#55616f', '#94a0ad', '#c8d0d8'],
  unexplained: ['#e60026'],
}
const ORDER = [...STAGES, 'unexplained'] as const

export function drawDrops({ heading, trials }: DropsChart): Promise<string> {
  const rising = [...trials].sort((a, b) => a.rate - b.rate)
  const kinds = kindsOf(rising)
  const unit = rateUnit(Math.max(0, ...rising.map(({ rate }) => rate)))
  const parts = rising.map(({ offered, lost }) =>
    kinds.map(({ stage, reasons }) => {
      const frames = lost
        .filter((one) => one.stage === stage && reasons.includes(one.reason))
        .reduce((sum, one) => sum + one.frames, 0)
      return offered === 0 ? 0 : frames / offered
    }),
  )
  return drawPicture({
    kind: 'Where frames were lost',
    heading,
    panels: [
      {
        above: 'lost, of the frames offered (%)',
        height: 340,
        left: 48,
        plot: trials.length === 0 ? { empty: 'no trial was made' } : plot,
      },
    ],
    legend: kinds
      .map(({ name, colour }, index) => ({ name, band: { colour }, note: mostText(index) }))
      // As they are stacked.
      .reverse(),
    caption:
      'Each bar is a trial, side by side from the lowest offered rate to the highest; its parts are the losses by stage and reason as the ledger names them. ' +
      '0: no frame was lost.',
  })

  /** The most that is lost that way, and at which rate. */
  function mostText(kind: number): string {
    const most = parts.reduce((best, one, index) => (one[kind]! > parts[best]![kind]! ? index : best), 0)
    return `up to ${ratioText(parts[most]![kind]!)} at ${figure(rising[most]!.rate / unit.worth)} ${unit.name}`
  }

  function plot(width: number, height: number): Plot {
    const step = width / rising.length
    const bar = Math.min(64, step * 0.8)
    const middle = (index: number) => (index + 0.5) * step
    const totals = parts.map((one) => one.reduce((sum, part) => sum + part, 0))
    const label = (index: number) => figure(rising[index]!.rate / unit.worth)
    return {
      data: [
        ...kinds.map((_, kind): Data => ({
          name: `kind-${kind}`,
          values: parts.flatMap((one, index) => {
            const below = one.slice(0, kind).reduce((sum, part) => sum + part, 0)
            const part = one[kind]!
            if (part === 0) return []
            return [{ x: middle(index) - bar / 2, from: below * 100, to: (below + part) * 100 }]
          }),
        })),
      ],
      scales: [
        { name: 'x', type: 'linear', domain: [-0.5, rising.length - 0.5], range: [0, width], zero: false },
        zeroBased(
          'y',
          totals.map((total) => total * 100),
          [height, 0],
        ),
      ],
      axes: [
        upwards(),
        along(
          `offered rate (${unit.name})`,
          labelledApart(
            rising.map((_, index) => index),
            ([from, to]) => (to - from) * step,
            label,
          ),
        ),
      ],
      marks: [
        ...kinds.map(({ colour }, kind) => barMark(kind, bar, colour)),
        ...totals.flatMap((total, index) =>
          total === 0
            ? [textMark(middle(index), height - 5, '0', { size: SIZE.small, colour: FAINT, align: 'center' })]
            : [],
        ),
      ],
    }
  }
}

function barMark(kind: number, width: number, colour: string): Mark {
  return {
    type: 'rect',
    name: `lost-${kind}`,
    from: { data: `kind-${kind}` },
    aria: false,
    encode: {
      enter: {
        x: { field: 'x' },
        width: { value: width },
        y: on('y', 'to'),
        y2: on('y', 'from'),
        fill: { value: colour },
        stroke: { value: GROUND },
        strokeWidth: { value: 0.6 },
      },
    },
  }
}

interface Kind {
  readonly name: string
  readonly stage: Place
  readonly reasons: readonly string[]
  readonly colour: string
}

/** All that was lost by stage, in the order of the way through the DUT; what has no shade left is drawn as one. */
function kindsOf(trials: DropsChart['trials']): Kind[] {
  return ORDER.flatMap((stage) => {
    const shades = SHADES[stage]
    const frames = new Map<string, number>()
    for (const loss of trials.flatMap(({ lost }) => lost))
      if (loss.stage === stage && loss.frames > 0)
        frames.set(loss.reason, (frames.get(loss.reason) ?? 0) + loss.frames)
    const reasons = [...frames]
      .sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1))
      .map(([reason]) => reason)
    const alone = reasons.length > shades.length ? shades.length - 1 : reasons.length
    const others = reasons.slice(alone)
    return [
      ...reasons.slice(0, alone).map((reason) => ({ name: nameOf(stage, reason), reasons: [reason] })),
      ...(others.length > 0
        ? [{ name: nameOf(stage, `${others.length} other reasons`), reasons: others }]
        : []),
    ].map((kind, index) => ({ ...kind, stage, colour: shades[index]! }))
  })
}

const nameOf = (stage: Place, reason: string) => (stage === 'unexplained' ? stage : `${stage}: ${reason}`)
