import { expect, test } from '@playwright/test'
import { cpuTimesOf, cpuUse } from '../../../lab/evidence/cpu-use.ts'

/** user nice system idle iowait irq softirq steal guest guest_nice (proc_stat(5)). */
const BEFORE = `cpu0 100 0 50 800 10 0 40 0 0 0
cpu1 10 0 10 970 0 0 10 0 0 0
`

test('Of each line the idle time, the softirqs, and all of it but what a guest was given twice', () => {
  expect(cpuTimesOf('cpu7 1 2 4 8 16 32 64 128 256 512\n')).toEqual(
    new Map([[7, { all: 255, idle: 24, softirq: 64 }]]),
  )
})

test('What a CPU did is what its counters moved by', () => {
  const after = cpuTimesOf('cpu0 100 0 50 825 10 0 115 0 0 0\ncpu1 10 0 10 1070 0 0 10 0 0 0\n')
  expect(cpuUse(cpuTimesOf(BEFORE), after)).toEqual([
    { cpu: 0, busy: 0.75, softirq: 0.75 },
    { cpu: 1, busy: 0, softirq: 0 },
  ])
})

test('Stolen time is not idle, and waiting for a disk is', () => {
  const after = cpuTimesOf('cpu0 100 0 50 800 60 0 40 50 0 0\n')
  expect(cpuUse(cpuTimesOf(BEFORE), after)).toEqual([{ cpu: 0, busy: 0.5, softirq: 0 }])
})

test('Nothing is said of a CPU that came in between, nor of one whose clock did not tick', () => {
  const after = cpuTimesOf(`${BEFORE}cpu2 5 0 5 5 0 0 0 0 0 0\n`)
  expect(cpuUse(cpuTimesOf(BEFORE), after)).toEqual([])
})
