import { expect, test } from '@playwright/test'
import { drawDrops } from '../../../../lab/record/charts/drops.ts'
import { readPicture } from './read-picture.ts'
import { DROPS, heading } from './samples.ts'

const picture = async () => readPicture(await drawDrops({ heading: heading('devmap'), trials: DROPS }))
const span = (points: readonly { readonly y: number }[]) => {
  const ys = points.map(({ y }) => y)
  return [Math.max(...ys), Math.min(...ys)] as const
}

test('A loss is as high as its part of the frames offered, and stands on those before it', async () => {
  const { axis, marks } = await picture()
  const y = axis('left')
  const [ingress] = marks('lost-0')
  const flush = marks('lost-1')
  const [unexplained] = marks('lost-2')
  const last = span(ingress!.points)
  expect(last[0]).toBeCloseTo(y(0), 0)
  expect(last[1]).toBeCloseTo(y(10), 0)
  expect(span(flush[1]!.points)[0]).toBeCloseTo(y(10), 0)
  expect(span(flush[1]!.points)[1]).toBeCloseTo(y(35), 0)
  expect(span(flush[0]!.points)[1], 'of the trial at 10 Mpps').toBeCloseTo(y(13), 0)
  expect(span(unexplained!.points)[1]).toBeCloseTo(y(36), 0)
})

test('Trials stand in the order of their rates, whatever order they were made in', async () => {
  const { labels, marks } = await picture()
  expect(labels('bottom').map(({ text }) => text)).toEqual(['5', '10', '14.9'])
  const xs = marks('lost-1')[0]!.points.map(({ x }) => x)
  expect((Math.min(...xs) + Math.max(...xs)) / 2).toBeCloseTo(labels('bottom')[1]!.x, 0)
})

test('The legend says of each loss how much it came to, in the order of the stack', async () => {
  const { texts } = await picture()
  const all = texts.map(({ text }) => text)
  expect(all).toContain('up to 25 % at 14.9 Mpps')
  expect(all.filter((text) => /^(flush|ingress|unexplained)/.test(text))).toEqual([
    'unexplained',
    'flush: ENOSPC',
    'ingress: ring full',
  ])
})
