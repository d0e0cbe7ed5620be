import { expect, test } from '@playwright/test'
import { abba } from '../../../lab/cli/abba.ts'

test('Two arms come in an order in which a steady drift adds nothing to either', () => {
  for (const switches of [2, 4, 6]) {
    const order = abba(switches)
    const places = (arm: string) => order.flatMap((one, at) => (one === arm ? [at] : []))
    const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
    expect(places('A')).toHaveLength(switches)
    expect(places('B')).toHaveLength(switches)
    if (switches % 4 === 0 || switches === 2) expect(sum(places('A'))).toBe(sum(places('B')))
  }
  expect(abba(2).join('')).toBe('ABBA')
  expect(abba(4).join('')).toBe('ABBABAAB')
})

test('One switch, or an odd number, is refused with what is needed', () => {
  for (const switches of [1, 3]) expect(() => abba(switches)).toThrow(/an even number from 2 is needed/)
})
