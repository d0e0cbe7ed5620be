import { expect, test } from '@playwright/test'
import { drawHistory } from '../../../../lab/record/charts/history.ts'
import { readPicture } from './read-picture.ts'
import { GROUPS, heading, NIGHTS } from './samples.ts'

const picture = async () =>
  readPicture(
    await drawHistory({ heading: heading('devmap'), quantity: 'pdr', nights: NIGHTS, groups: GROUPS }),
  )

test('Each night stands at its figure, with its bounds; the one that regressed has the mark', async () => {
  const { axis, labels, marks } = await picture()
  const y = axis('left')
  const nights = marks('points')
  expect(nights).toHaveLength(5)
  expect(nights[0]!.y).toBeCloseTo(y(8.65), 0)
  expect(nights[0]!.x).toBeCloseTo(labels('bottom')[0]!.x, 0)
  const [regressed, ...others] = marks('regressed')
  expect(others).toEqual([])
  expect(regressed!.y).toBeCloseTo(y(8.46), 0)
  const bounds = marks('bounds')
  expect(bounds[0]!.y).toBeCloseTo(y(8.65 * 0.9975), 0)
  expect(bounds[0]!.y2).toBeCloseTo(y(8.65 * 1.0025), 0)
})

test('A night that says nothing is a gap in the line and a cross below', async () => {
  const { axis, marks } = await picture()
  const [cross, ...others] = marks('invalid')
  expect(others).toEqual([])
  expect(cross!.y).toBeGreaterThan(axis('left')(8.45))
  const corners = marks('line')[0]!.points.map(({ x }) => Math.round(x))
  expect(corners).toHaveLength(6)
  expect(corners).not.toContain(Math.round(cross!.x))
})

test('Each group is a level at its average, and they meet between the nights at the change point', async () => {
  const { axis, marks } = await picture()
  const y = axis('left')
  const [before, after] = marks('level')
  expect(before!.y).toBeCloseTo(y(8.65), 0)
  expect(after!.y).toBeCloseTo(y(8.46), 0)
  const [change] = marks('change')
  expect(before!.x2).toBeCloseTo(change!.x, 3)
  expect(after!.x).toBeCloseTo(change!.x, 3)
  const last = marks('points')[2]!
  const first = marks('regressed')[0]!
  expect(change!.x).toBeCloseTo((last.x + first.x) / 2, 3)
})
