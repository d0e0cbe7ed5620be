import { expect, test } from '@playwright/test'
import { countCycles, cycleRateOf } from '../../../lab/evidence/cycles.ts'
import { CommandFailed } from '../../../lab/remote/command-failed.ts'
import type { Host } from '../../../lab/remote/host.ts'

/** A machine whose perf says this, or fails. */
const machine = (perf: string | undefined): Host => ({
  name: 'dut',
  run: (argv) =>
    perf === undefined
      ? Promise.reject(new CommandFailed('dut', argv, { exitCode: 127, stderr: 'perf: not found' }))
      : Promise.resolve(perf),
  start: () => Promise.reject(new Error('nothing is started')),
  connect: () => Promise.reject(new Error('nothing is connected')),
  close: () => Promise.resolve(),
})

test('Cycles are set against the time that their counter ran', async () => {
  expect(await countCycles(machine('310000000,,cycles,100000000,100.00,,\n'), 1, 0.1)).toEqual({ perNs: 3.1 })
})

test('A CPU whose cycles cannot be counted gets no number, but perf’s own words', () => {
  // perf 6.1 on a virtual machine without a performance counter.
  expect(cycleRateOf('<not supported>,,cycles,0,100.00,,\n', 1)).toEqual({
    unknown: 'perf stat says of cycles on CPU 1: <not supported>',
  })
  expect(cycleRateOf('<not counted>,,cycles,0,0.00,,\n', 3)).toEqual({
    unknown: 'perf stat says of cycles on CPU 3: <not counted>',
  })
  expect(cycleRateOf('', 0)).toEqual({ unknown: 'perf stat said nothing of cycles on CPU 0' })
})

test('A machine without perf has no cycles, and the benchmark goes on', async () => {
  expect(await countCycles(machine(undefined), 2, 0.1)).toEqual({ unknown: 'perf stat failed on CPU 2' })
})
