import { expect, test } from '@playwright/test'
import { drawQualification } from '../../../../lab/record/charts/qualification.ts'
import { readPicture } from './read-picture.ts'
import { heading, ROWS } from './samples.ts'

const compared = {
  heading: heading('6.17 against 6.18'),
  margin: 0.01,
  confidence: 0.95,
  better: 'higher',
} as const

test('Each cell stands at its shift, its interval from bound to bound', async () => {
  const { axis, marks } = readPicture(await drawQualification({ ...compared, rows: ROWS }))
  const x = axis('bottom')
  for (const { shift, lower, upper, verdict } of ROWS) {
    expect(marks(verdict)[0]!.x).toBeCloseTo(x(shift * 100), 0)
    const [interval] = marks(`${verdict}-interval`)
    expect(interval!.x).toBeCloseTo(x(lower * 100), 0)
    expect(interval!.x2).toBeCloseTo(x(upper * 100), 0)
  }
})

test('The band goes from minus the margin to the margin', async () => {
  const { axis, marks } = readPicture(await drawQualification({ ...compared, rows: ROWS }))
  const x = axis('bottom')
  const xs = marks('margin')[0]!.points.map((corner) => corner.x)
  expect(Math.min(...xs)).toBeCloseTo(x(-1), 0)
  expect(Math.max(...xs)).toBeCloseTo(x(1), 0)
  expect(marks('zero')[0]!.x).toBeCloseTo(x(0), 0)
})

test('A cell far outside is an arrow at the edge, and the others keep their room', async () => {
  const far = { name: 'far', shift: -0.95, lower: -0.99, upper: -0.9, verdict: 'regressed' } as const
  const { axis, marks } = readPicture(await drawQualification({ ...compared, rows: [far, ...ROWS.slice(1)] }))
  const x = axis('bottom')
  const [arrow, ...others] = marks('arrow')
  expect(others).toEqual([])
  expect(arrow!.x).toBeCloseTo(x(-20), 0)
  const [interval] = marks('regressed-interval')
  expect(interval!.x, 'ends at the edge').toBeGreaterThanOrEqual(x(-20) - 0.5)
  expect(marks('regressed'), 'not drawn where it is not').toEqual([])
  expect(x(1) - x(-1)).toBeGreaterThan(15)
})
