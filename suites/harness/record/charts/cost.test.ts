import { expect, test } from '@playwright/test'
import { drawCost } from '../../../../lab/record/charts/cost.ts'
import { readPicture } from './read-picture.ts'
import { COSTS, heading } from './samples.ts'

const picture = async () => readPicture(await drawCost({ heading: heading('64 B'), rows: COSTS }))

test('A bar begins at zero and is as long as its cost', async () => {
  const { axis, marks } = await picture()
  const x = axis('bottom')
  const ends = marks('cost').map(({ points }) => points.map((corner) => corner.x))
  // References come first.
  for (const [index, ns] of [42, 77, 115, 238, 109].entries()) {
    expect(Math.min(...ends[index]!)).toBeCloseTo(x(0), 0)
    expect(Math.max(...ends[index]!)).toBeCloseTo(x(ns), 0)
  }
})

test('Bounds are drawn where there are any, at their figures', async () => {
  const { axis, marks } = await picture()
  const x = axis('bottom')
  const bounds = marks('bounds')
  expect(bounds).toHaveLength(4)
  expect(bounds.at(-1)!.x).toBeCloseTo(x(220), 0)
  expect(bounds.at(-1)!.x2).toBeCloseTo(x(251), 0)
})

test('The references are carried down past the targets', async () => {
  const { axis, marks } = await picture()
  const x = axis('bottom')
  const lines = marks('reference')
  expect(lines.map((line) => Math.round(line.x))).toEqual([Math.round(x(42)), Math.round(x(77))])
  const lowest = Math.max(...marks('cost').flatMap(({ points }) => points.map(({ y }) => y)))
  for (const { y2 } of lines) expect(y2).toBeGreaterThan(lowest)
})
