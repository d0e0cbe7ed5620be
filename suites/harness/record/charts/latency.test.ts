import { expect, test } from '@playwright/test'
import { drawLatency } from '../../../../lab/record/charts/latency.ts'
import { readPicture } from './read-picture.ts'
import { heading } from './samples.ts'

const picture = async () =>
  readPicture(
    await drawLatency({
      heading: heading('devmap'),
      series: [
        {
          name: '50 % of PDR',
          points: [
            { part: 1, ns: 90_000 },
            { part: 0, ns: 1_000 },
            { part: 0.9, ns: 4_000 },
            { part: 0.999, ns: 30_000 },
          ],
        },
      ],
    }),
  )

test('Each nine takes the same room, and max stands half a nine behind the last', async () => {
  const { labels } = await picture()
  expect(labels('bottom').map(({ text }) => text)).toEqual(['0', '50', '90', '99', '99.9', 'max'])
  const at = new Map(labels('bottom').map(({ text, x }) => [text, x]))
  const nine = at.get('90')! - at.get('0')!
  expect(at.get('99')! - at.get('90')!).toBeCloseTo(nine, 0)
  expect(at.get('99.9')! - at.get('99')!).toBeCloseTo(nine, 0)
  expect(at.get('max')! - at.get('99.9')!).toBeCloseTo(nine / 2, 0)
})

test('A percentile stands at its latency, on a logarithmic axis', async () => {
  const { labels, marks } = await picture()
  const at = new Map(labels('bottom').map(({ text, x }) => [text, x]))
  const level = new Map(labels('left').map(({ text, y }) => [text, y]))
  const points = marks('latency-0-points')
  expect(points.map(({ x }) => Math.round(x))).toEqual(
    ['0', '90', '99.9', 'max'].map((text) => Math.round(at.get(text)!)),
  )
  expect(points[0]!.y).toBeCloseTo(level.get('1 µs')!, 0)
  const decade = level.get('1 µs')! - level.get('10 µs')!
  expect(points[1]!.y).toBeCloseTo(level.get('1 µs')! - Math.log10(4) * decade, 0)
  expect(points[3]!.y).toBeCloseTo(level.get('1 µs')! - Math.log10(90) * decade, 0)
})

test('The line goes through the points', async () => {
  const { marks } = await picture()
  const corners = marks('latency-0-line')[0]!.points
  const points = marks('latency-0-points')
  expect(corners).toHaveLength(points.length)
  for (const [index, { x, y }] of points.entries()) {
    expect(corners[index]!.x).toBeCloseTo(x, 1)
    expect(corners[index]!.y).toBeCloseTo(y, 1)
  }
})
