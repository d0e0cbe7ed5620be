import { expect, test } from '@playwright/test'
import { drawSearch } from '../../../../lab/record/charts/search.ts'
import { readPicture } from './read-picture.ts'
import { GOALS, heading, TRIALS } from './samples.ts'

const picture = async () =>
  readPicture(await drawSearch({ heading: heading('devmap'), trials: TRIALS, goals: GOALS }))

test('Each trial stands at its time and load, among those of its answer', async () => {
  const { axis, marks } = await picture()
  const [x, y] = [axis('bottom'), axis('left')]
  // No loss, within PDR, more, invalid: as the legend lists them.
  const loads = [[6], [8.6], [14.88, 9, 8.65], [9]]
  const times = [[5], [2], [1, 4, 6], [3]]
  for (const [index, expected] of loads.entries()) {
    const found = marks(`answer-${index}`, 0)
    expect(found).toHaveLength(expected.length)
    for (const [place, mark] of found.entries()) {
      expect(mark.y).toBeCloseTo(y(expected[place]!), 0)
      expect(mark.x).toBeCloseTo(x(times[index]![place]!), 0)
    }
  }
})

test('The bounds of a goal are steps: each holds until the trial that changed it', async () => {
  const { axis, marks } = await picture()
  const [x, y] = [axis('bottom'), axis('left')]
  const upper = marks('goal-1-upper', 0)[0]!.points.map((corner) => [
    Math.round(corner.x),
    Math.round(corner.y),
  ])
  const at = (second: number, load: number) => [Math.round(x(second)), Math.round(y(load))]
  expect(upper).toContainEqual(at(4, 14.88))
  expect(upper).toContainEqual(at(4, 9))
  expect(upper).toContainEqual(at(6, 9))
  expect(upper.at(-1)).toEqual(at(6, 8.65))
  const lower = marks('goal-0-lower', 0)[0]!.points
  expect(lower[0]!.x, 'there is no lower bound before its first trial without loss').toBeCloseTo(x(5), 0)
})

test('A further panel shows the last bounds of a goal closely', async () => {
  const { axis, marks } = await picture()
  const y = axis('left', 2)
  const [lower, upper] = ['goal-1-lower', 'goal-1-upper'].map((name) => marks(name, 2)[0]!.points.at(-1)!.y)
  expect(lower).toBeCloseTo(y(8.6), 0)
  expect(upper).toBeCloseTo(y(8.65), 0)
  expect(lower! - upper!).toBeGreaterThan(10)
})
