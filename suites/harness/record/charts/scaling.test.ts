import { expect, test } from '@playwright/test'
import { drawScaling } from '../../../../lab/record/charts/scaling.ts'
import { readPicture } from './read-picture.ts'
import { heading } from './samples.ts'

const rate = (cores: number, value: number) => ({ cores, value, lower: value * 0.9, upper: value * 1.1 })
const draw = async (points: ReturnType<typeof rate>[]) =>
  readPicture(await drawScaling({ heading: heading('PDR'), series: [{ name: 'devmap', points }] }))

test('The ideal goes from what one core does to as many times that', async () => {
  const { axis, marks } = await draw([rate(1, 5e6), rate(2, 9e6), rate(4, 15e6)])
  const [x, y] = [axis('bottom'), axis('left')]
  const [from, to] = marks('ideal-0')[0]!.points
  expect(from!.x).toBeCloseTo(x(1), 0)
  expect(from!.y).toBeCloseTo(y(5), 0)
  expect(to!.x).toBeCloseTo(x(4), 0)
  expect(to!.y).toBeCloseTo(y(20), 0)
})

test('A figure stands at its cores, its bar between its bounds', async () => {
  const { axis, marks } = await draw([rate(1, 5e6), rate(2, 9e6), rate(4, 15e6)])
  const [x, y] = [axis('bottom'), axis('left')]
  const last = marks('rates-0-points').at(-1)!
  expect(last.x).toBeCloseTo(x(4), 0)
  expect(last.y).toBeCloseTo(y(15), 0)
  const bar = marks('rates-0-bounds').at(-1)!
  expect(bar.y).toBeCloseTo(y(13.5), 0)
  expect(bar.y2).toBeCloseTo(y(16.5), 0)
})

test('Without a figure of one core there is no ideal', async () => {
  const { marks, texts } = await draw([rate(2, 9e6), rate(4, 15e6)])
  expect(marks('ideal-0')).toEqual([])
  expect(texts.some(({ text }) => text.includes('ideal'))).toBe(false)
})
