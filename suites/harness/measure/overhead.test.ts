import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@playwright/test'
import { TrialClock } from '../../../lab/measure/overhead.ts'
import { framesPerSecond } from '../../../lab/units/frame.ts'

test('What a trial takes beyond its load is the rest of its time, and the generator’s part is counted apart', async () => {
  const clock = new TrialClock()
  // A load of 100 ms in a generator that needs 50 ms more, and 100 ms of somebody else's work.
  await clock.ofGenerator(() => delay(150))
  await delay(100)
  const { whole, generator } = clock.beyond({ count: 100, rate: framesPerSecond(1_000) }, 140_000_000)
  // A timer may be late on a busy machine, and never early.
  expect(generator).toBeGreaterThan(0.045)
  expect(whole - generator).toBeGreaterThan(0.095)
  expect(generator, 'without the work of others').toBeLessThan(0.1)
})

test('A load that goes as fast as it can takes what it took', async () => {
  const clock = new TrialClock()
  await clock.ofGenerator(() => delay(50))
  expect(clock.beyond({ count: 100 }, 30_000_000).generator).toBeGreaterThan(0.015)
  expect(clock.beyond({ count: 100 }, 1e12), 'and never less than nothing').toEqual({
    whole: 0,
    generator: 0,
  })
})

test('The time of a generator that fails is its own, too', async () => {
  const clock = new TrialClock()
  await clock
    .ofGenerator(() => delay(30).then(() => Promise.reject(new Error('gone'))))
    .catch(() => undefined)
  expect(clock.beyond({ count: 1 }, 0).generator).toBeGreaterThan(0.025)
})

test('A load that changes its rate takes the time of both its parts', async () => {
  const clock = new TrialClock()
  await clock.ofGenerator(() => delay(150))
  const load = { count: 60, rate: framesPerSecond(1_000) }
  const then = { after: 50, rate: framesPerSecond(200) }
  const [steady, changed] = [clock.beyond(load, 0), clock.beyond({ ...load, then }, 0)]
  expect(steady.generator - changed.generator, '10 frames of 1 ms, or of 5').toBeCloseTo(0.04, 9)
})
