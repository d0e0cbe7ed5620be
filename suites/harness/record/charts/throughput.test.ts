import { expect, test } from '@playwright/test'
import { drawThroughput } from '../../../../lab/record/charts/throughput.ts'
import { frameSize, gbps, lineRate } from '../../../../lab/units/frame.ts'
import { readPicture } from './read-picture.ts'
import { heading, NO_RATE, rateAt } from './samples.ts'

const [small, middle, large] = [frameSize(64), frameSize(256), frameSize(1518)]
const devmap = {
  name: 'devmap',
  points: [
    { size: large, value: 2e6, lower: 2e6, upper: null, irregular: 'at-ceiling' },
    { size: small, value: 8.65e6, lower: 8.2e6, upper: 9.1e6 },
    { size: middle, value: null, lower: null, upper: 0.5e6, irregular: 'below-floor' },
  ],
} as const
const draw = (lineSpeed?: number) =>
  drawThroughput({
    heading: heading('PDR'),
    series: [devmap],
    ...(lineSpeed === undefined ? {} : { lineSpeed: gbps(lineSpeed) }),
  }).then(readPicture)

test('A bar goes from the lower bound to the upper, through the point', async () => {
  const picture = await draw()
  const y = picture.axis('left')
  const x = picture.axis('bottom')
  const [bar, ...others] = picture.marks('rates-0-bounds')
  expect(others, 'only what has both bounds').toEqual([])
  expect(bar!.y).toBeCloseTo(y(8.2), 0)
  expect(bar!.y2).toBeCloseTo(y(9.1), 0)
  const [point] = picture.marks('rates-0-points')
  expect(point!.y).toBeCloseTo(y(8.65), 0)
  expect(point!.x).toBeCloseTo(x(64, Math.log2), 0)
})

test('What reached the ceiling is an open triangle at its rate, what was below the floor one at the floor', async () => {
  const picture = await draw()
  const y = picture.axis('left')
  const x = picture.axis('bottom')
  const [ceiling] = picture.marks('rates-0-at-ceiling')
  expect(ceiling!.y).toBeCloseTo(y(2), 0)
  expect(ceiling!.x).toBeCloseTo(x(1518, Math.log2), 0)
  const [floor] = picture.marks('rates-0-below-floor')
  expect(floor!.y).toBeCloseTo(y(0.5), 0)
  expect(floor!.x).toBeCloseTo(x(256, Math.log2), 0)
  for (const { colour } of [ceiling!, floor!]) expect(colour, 'open').toBe('#ffffff')
})

test('The line rate is that of the frame with 20 bytes more, and is not drawn for a line of unknown speed', async () => {
  const picture = await draw(10)
  const [line] = picture.marks('line-rate')
  const y = picture.axis('left')
  expect(line!.points[0]!.y).toBeCloseTo(y(lineRate(small, gbps(10)) / 1e6), 0)
  expect(line!.points.at(-1)!.y).toBeCloseTo(y(lineRate(large, gbps(10)) / 1e6), 0)
  const without = await draw()
  expect(without.marks('line-rate').flatMap(({ points }) => points)).toEqual([])
  expect(without.texts.some(({ text }) => text.startsWith('line rate'))).toBe(false)
})

test('A line far faster than the DUT does not press the figures to the ground', async () => {
  const picture = await draw(800)
  const [point] = picture.marks('rates-0-points')
  const y = picture.axis('left')
  expect((y(0) - point!.y) / 340).toBeGreaterThan(0.6)
  expect(picture.texts.map(({ text }) => text)).toContain('all above the picture')
})

test('A missing figure breaks the line', async () => {
  const picture = readPicture(
    await drawThroughput({
      heading: heading('PDR'),
      series: [
        {
          name: 'devmap',
          points: [64, 128, 256, 512, 1024].map(frameSize).map((size) => ({
            ...(size === 256 ? { ...NO_RATE, size } : rateAt(8e6, size, 400)),
          })),
        },
      ],
    }),
  )
  expect(picture.marks('rates-0-points')).toHaveLength(4)
  expect(picture.marks('rates-0-line')[0]!.points).toHaveLength(4)
})

test('Equal figures of five targets do not hide each other', async () => {
  const series = ['devmap', 'devmap-hash', 'cpumap', 'xskmap', 'ifindex'].map((name) => ({ ...devmap, name }))
  const picture = readPicture(await drawThroughput({ heading: heading('PDR'), series }))
  const places = series.map((_, index) => picture.marks(`rates-${index}-points`)[0]!.x).sort((a, b) => a - b)
  for (const [index, place] of places.slice(1).entries())
    expect(place - places[index]!).toBeGreaterThanOrEqual(3)
})
