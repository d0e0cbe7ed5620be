import { expect, test } from '@playwright/test'
import { framesWait } from '../../../lab/dut/waiting-threads.ts'
import type { Host } from '../../../lab/remote/host.ts'
import { LocalHost } from '../../../lab/remote/local-host.ts'

const host = (states: string) => ({ run: () => Promise.resolve(states) }) as unknown as Host

test('Frames wait while a kernel thread that has them is runnable, whether or not it has a CPU', async () => {
  expect(await framesWait(host('S 2 0 0\nS 2 0 0\n'))).toBe(false)
  expect(await framesWait(host('S 2 0 0\nR 2 0 0\n'))).toBe(true)
})

test('A kernel without such threads has nothing that waits', async () => {
  expect(await framesWait(host(''))).toBe(false)
})

test('This machine can be asked', async () => {
  const here = new LocalHost()
  expect(typeof (await framesWait(here))).toBe('boolean')
  await here.close()
})
