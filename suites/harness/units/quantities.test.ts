import { expect, test } from '@playwright/test'
import { percent, ratio } from '../../../lab/units/ratio.ts'
import { seconds } from '../../../lab/units/seconds.ts'

test('A percentage is the ratio a hundredth of it', () => {
  expect(percent(0.5)).toBe(ratio(0.005))
  expect([percent(0), percent(100)]).toEqual([ratio(0), ratio(1)])
})

for (const part of [-0.001, 1.001, NaN])
  test(`A ratio of ${part} is refused`, () => {
    expect(() => ratio(part)).toThrow(`a ratio is from 0 to 1; got ${part}`)
    expect(() => percent(part * 100)).toThrow('a percentage is from 0 to 100')
  })

for (const time of [-1, NaN, Infinity])
  test(`A length of time of ${time} is refused`, () => {
    expect(() => seconds(time)).toThrow(`a length of time is not below zero seconds; got ${time}`)
  })
