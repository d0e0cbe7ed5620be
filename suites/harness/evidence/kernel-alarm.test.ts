import { expect, test } from '@playwright/test'
import { kernelAlarm } from '../../../lab/evidence/kernel-alarm.ts'

const USUAL = ['d0: Caught tx_queue_len zero misconfig', 'ice 0000:3b:00.0 d0: NIC Link is up 100 Gbps']

for (const line of [
  'BUG: kernel NULL pointer dereference, address: 0000000000000008',
  'WARNING: CPU: 3 PID: 41 at net/core/filter.c:4321 xdp_do_redirect+0x1b2/0x2c0',
  'Oops: 0000 [#1] PREEMPT SMP',
  'NETDEV WATCHDOG: d0 (ice): transmit queue 3 timed out',
  'watchdog: BUG: soft lockup - CPU#1 stuck for 22s!',
  'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
])
  test(`A kernel that says ‘${line.slice(0, 40)}’ complains of itself`, () => {
    expect(kernelAlarm([...USUAL, line, 'more'])).toBe(line)
  })

test('Links that go up and ports that are renamed are no complaints', () => {
  expect(kernelAlarm(USUAL)).toBeUndefined()
})
