import { expect, test } from '@playwright/test'
import { drawLossCurve } from '../../../../lab/record/charts/loss-curve.ts'
import { readPicture } from './read-picture.ts'
import { heading } from './samples.ts'

const picture = async () =>
  readPicture(
    await drawLossCurve({
      heading: heading('64 B'),
      series: [
        {
          name: 'devmap',
          points: [
            { offered: 8e6, loss: 1e-5 },
            { offered: 4e6, loss: 0 },
            { offered: 10e6, loss: 0.2 },
            { offered: 9e6, loss: null },
          ],
        },
      ],
      goals: [{ name: 'PDR', loss: 0.005 }],
    }),
  )

test('A trial stands at its offered rate and its loss, on a logarithmic axis', async () => {
  const { axis, marks } = await picture()
  const [x, y] = [axis('bottom'), axis('left')]
  const points = marks('loss-0-points')
  expect(points).toHaveLength(3)
  expect(points[1]!.x).toBeCloseTo(x(8), 0)
  expect(points[1]!.y).toBeCloseTo(y(1e-5, Math.log10), 0)
  expect(points[2]!.y).toBeCloseTo(y(0.2, Math.log10), 0)
})

test('No loss at all lies in a band below the least loss', async () => {
  const { marks } = await picture()
  const [none, least] = marks('loss-0-points')
  const band = marks('zero')[0]!.points.map(({ y }) => y)
  expect(none!.y).toBeGreaterThan(Math.min(...band))
  expect(none!.y).toBeLessThan(Math.max(...band))
  expect(least!.y).toBeLessThan(Math.min(...band))
})

test('The loss that a goal allows is a level', async () => {
  const { axis, marks } = await picture()
  expect(marks('goals')[0]!.y).toBeCloseTo(axis('left')(0.005, Math.log10), 0)
})

test('The line goes through the points, and is broken by an invalid trial', async () => {
  const { marks } = await picture()
  const corners = marks('loss-0-line')[0]!.points
  const points = marks('loss-0-points')
  for (const [index, { x, y }] of points.entries()) {
    expect(corners[index]!.x).toBeCloseTo(x, 1)
    expect(corners[index]!.y).toBeCloseTo(y, 1)
  }
  const invalid = { offered: 5e6, loss: null }
  const path = async (points: readonly { offered: number; loss: number | null }[]) =>
    /loss-0-line[^>]*><path d="([^"]*)"/.exec(
      await drawLossCurve({ heading: heading(''), series: [{ name: 'devmap', points }] }),
    )![1]!
  const [one, other] = [
    { offered: 4e6, loss: 0.1 },
    { offered: 6e6, loss: 0.2 },
  ]
  expect((await path([one, other])).match(/M/g)).toHaveLength(1)
  expect((await path([one, invalid, other])).match(/[ML]/g)).not.toContain('L')
})
