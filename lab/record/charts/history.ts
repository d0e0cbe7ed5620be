/** One cell over many nights: each night's figure with its bounds, the levels between change points, and verdicts. */
import type { Mark } from 'vega'
import { FAINT, INK, SIZE } from '../look.ts'
import { type Quantity, QUANTITIES } from '../measurement.ts'
import { along, labelledApart, upwards } from './axes.ts'
import { boundMarks, lineMark, on, pointMark } from './marks.ts'
import { drawPicture, type Heading, type Plot, textMark } from './picture.ts'
import { changeText, rateUnit, timeUnit, type Unit } from './quantity-text.ts'
import { around } from './scales.ts'
import { type Verdict, VERDICT_GLYPHS, VERDICTS } from './verdict-glyph.ts'

export interface Night {
  /** ISO 8601. */
  readonly at: string
  /** In the unit of the quantity; null for a night that says nothing about the DUT. */
  readonly value: number | null
  readonly lower: number | null
  readonly upper: number | null
  /** Against the nights before; a night without one is drawn as a plain point. */
  readonly verdict?: Verdict
}

export interface HistoryChart {
  readonly heading: Heading
  readonly quantity: Quantity
  /** In order of time. */
  readonly nights: readonly Night[]
  /** Between change points: first and last night, by place in `nights`, and the average of their values. */
  readonly groups: readonly { readonly first: number; readonly last: number; readonly average: number }[]
}

const LEVEL = '#d55e00'
const POINT = { shape: 'circle', fill: '#0072b2', stroke: '#ffffff', size: 42 } as const
const INVALID = { shape: 'M-1,-1L1,1M1,-1L-1,1', fill: 'transparent', stroke: '#7a8694', size: 40 } as const
const DAY = 86_400_000

export function drawHistory({ heading, quantity, nights, groups }: HistoryChart): Promise<string> {
  const { title, unit: plain, better } = QUANTITIES[quantity]
  const figures = nights.flatMap(({ value, lower, upper }) =>
    value === null ? [] : [value, lower, upper].filter((one) => one !== null),
  )
  const unit = unitOf(plain, Math.max(0, ...figures))
  const times = nights.map(({ at }) => Date.parse(at))
  const invalid = nights.some(({ value }) => value === null)
  const verdicts = VERDICTS.filter((verdict) =>
    nights.some((night) => night.verdict === verdict && night.value !== null),
  )
  return drawPicture({
    kind: 'History',
    heading,
    panels: [
      {
        above: `${title} (${unit.name}); ${better} is better`,
        height: 320,
        left: 60,
        plot: figures.length === 0 ? { empty: 'no night has a figure' } : plot,
      },
    ],
    legend: [
      { name: 'a night', line: { colour: '#a8c6da', dash: [] }, symbol: POINT },
      ...verdicts.map((verdict) => ({ name: verdict, symbol: VERDICT_GLYPHS[verdict] })),
      ...(invalid ? [{ name: 'a night that says nothing about the DUT', symbol: INVALID }] : []),
      ...(groups.length > 0
        ? [{ name: 'average between change points', line: { colour: LEVEL, dash: [] } }]
        : []),
    ],
    caption:
      'Each point is a night, with its bounds as a bar; the line is broken where a night says nothing. ' +
      (groups.length > 1 ? 'A dashed line is a change point, with the change of the average. ' : '') +
      'The axis does not begin at zero.',
  })

  function plot(width: number, height: number): Plot {
    const values = nights.map(({ value, lower, upper, verdict }, index) => ({
      at: times[index]!,
      value: (value ?? 0) / unit.worth,
      lower: (lower ?? 0) / unit.worth,
      upper: (upper ?? 0) / unit.worth,
      there: value !== null,
      bounded: value !== null && lower !== null && upper !== null,
      verdict: verdict ?? '',
    }))
    const there = values.filter((night) => night.there)
    const [from, to] = [Math.min(...times), Math.max(...times)]
    const room = Math.max(DAY / 2, (to - from) * 0.02)
    const place = (time: number) => ((time - from + room) / (to - from + 2 * room)) * width
    const levels = groups.map((group) => ({
      from: between(group.first - 1, group.first),
      to: between(group.last + 1, group.last),
      average: group.average / unit.worth,
    }))
    return {
      data: [
        { name: 'nights', values },
        { name: 'bounded', values: values.filter(({ bounded }) => bounded) },
        { name: 'plain', values: there.filter(({ verdict }) => verdict === '') },
        ...verdicts.map((verdict) => ({
          name: `of-${verdict}`,
          values: there.filter((night) => night.verdict === verdict),
        })),
        { name: 'silent', values: values.filter((night) => !night.there) },
        { name: 'groups', values: levels },
        { name: 'changes', values: levels.slice(1) },
      ],
      scales: [
        { name: 'x', type: 'utc', domain: [from - room, to + room], range: [0, width] },
        around(
          'y',
          [...figures.map((one) => one / unit.worth), ...levels.map(({ average }) => average)],
          [height - 16, 0],
        ),
      ],
      axes: [
        // Bursts of millions of frames would need more room than there is.
        upwards(unit.worth === 1 && Math.max(...figures) >= 1e5 ? { format: '~s' } : {}),
        along(
          'night (UTC)',
          labelledApart(times, ([one, next]) => place(next) - place(one), dateOf),
        ),
      ],
      marks: [
        changeMark(height),
        lineMark(
          { name: 'line', data: 'nights', x: on('x', 'at'), y: on('y', 'value') },
          { colour: '#a8c6da', dash: [] },
          { width: 1.5 },
        ),
        ...boundMarks(
          { name: 'bounds', data: 'bounded', x: on('x', 'at'), y: on('y', 'lower') },
          on('y', 'upper'),
          '#7fa8c4',
        ),
        levelMark,
        pointMark({ name: 'points', data: 'plain', x: on('x', 'at'), y: on('y', 'value') }, POINT),
        ...verdicts.map((verdict) =>
          pointMark(
            { name: verdict, data: `of-${verdict}`, x: on('x', 'at'), y: on('y', 'value') },
            VERDICT_GLYPHS[verdict],
          ),
        ),
        pointMark({ name: 'invalid', data: 'silent', x: on('x', 'at'), y: { value: height - 8 } }, INVALID),
        ...changeTexts(levels, place),
      ],
    }
  }

  /** Half way from a night to its neighbour outside the group. */
  function between(outside: number, inside: number): number {
    return ((times[outside] ?? times[inside]!) + times[inside]!) / 2
  }
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

function unitOf(plain: string, largest: number): Unit {
  if (plain === 'frames/s') return rateUnit(largest)
  if (plain === 'ns') return timeUnit(largest)
  return { name: plain, worth: 1 }
}

/** Beside each change point that has the room, by how much the average changed. */
function changeTexts(
  levels: readonly { from: number; average: number }[],
  place: (time: number) => number,
): Mark[] {
  let free = 0
  return levels.slice(1).flatMap(({ from, average }, index) => {
    const before = levels[index]!.average
    const x = place(from) + 4
    if (before === 0 || x < free) return []
    free = x + 56
    return [textMark(x, 10, changeText((average - before) / before), { size: SIZE.small, colour: INK })]
  })
}

const changeMark = (height: number): Mark => ({
  type: 'rule',
  name: 'change',
  from: { data: 'changes' },
  aria: false,
  encode: {
    enter: {
      x: on('x', 'from'),
      y: { value: 0 },
      y2: { value: height },
      stroke: { value: FAINT },
      strokeDash: { value: [4, 3] },
    },
  },
})

const levelMark: Mark = {
  type: 'rule',
  name: 'level',
  from: { data: 'groups' },
  aria: false,
  encode: {
    enter: {
      x: on('x', 'from'),
      x2: on('x', 'to'),
      y: on('y', 'average'),
      stroke: { value: LEVEL },
      strokeWidth: { value: 2.5 },
      strokeOpacity: { value: 0.85 },
    },
  },
}
