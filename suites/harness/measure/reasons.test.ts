import { constants } from 'node:os'
import { expect, test } from '@playwright/test'
import { type Stage, reasonFor, REASONS, STAGE_MEANING, STAGES } from '../../../lab/measure/reasons.ts'
import { errnoName } from '../../../lab/units/errno.ts'
import { ACTIONS, type Target, TARGETS } from '../../../lab/units/redirect.ts'

const PORTS: readonly Target[] = ['devmap', 'devmap-hash', 'ifindex']
/** The program on a cpumap's entry may redirect onward to a port. */
const TO_PORTS: readonly Target[] = [...PORTS, 'cpumap']

/** What the kernel does to a frame, by condition (Linux 6.12), in the words that the ledger makes of it. */
const CONDITIONS: readonly [condition: string, stage: Stage, reason: string, targets: readonly Target[]][] = [
  ['the receive ring of the ingress port is full', 'ingress', 'ring full', TARGETS],
  ['a lookup misses, with flags 0', 'program', 'XDP_ABORTED', TARGETS],
  ['a lookup misses, with XDP_DROP in its flags', 'program', 'XDP_DROP', TARGETS],
  ['a lookup misses, with XDP_PASS in its flags', 'program', 'XDP_PASS', TARGETS],
  ['a lookup misses, with XDP_TX in its flags', 'program', 'XDP_TX', TARGETS],
  ['XDP_REDIRECT is returned after a miss', 'redirect', 'EINVAL', TARGETS],
  ['XDP_REDIRECT is returned without a helper', 'redirect', 'EBADRQC', TARGETS],
  ['the ifindex does not exist', 'redirect', 'EINVAL', ['ifindex']],
  ['the target takes no redirected frames', 'redirect', 'EOPNOTSUPP', TO_PORTS],
  ['the target takes no non-linear frames', 'redirect', 'EOPNOTSUPP', TO_PORTS],
  ['the target is down', 'redirect', 'ENETDOWN', TO_PORTS],
  ['the frame is longer than the target’s MTU', 'redirect', 'EMSGSIZE', TO_PORTS],
  ['there is no room for a frame descriptor', 'redirect', 'EOVERFLOW', TARGETS],
  ['a broadcast’s map is torn down', 'redirect', 'ENOENT', ['devmap', 'devmap-hash']],
  ['a broadcast cannot copy the frame', 'redirect', 'ENOMEM', ['devmap', 'devmap-hash']],
  ['a broadcast excludes more upper devices than fit', 'redirect', 'EOVERFLOW', ['devmap', 'devmap-hash']],
  ['a broadcast leaves a dead port out', 'redirect', 'target skipped', ['devmap', 'devmap-hash']],
  ['the queue of a CPU is full, generic', 'redirect', 'ENOSPC', ['cpumap']],
  ['the queue of a CPU is full, native', 'flush', 'queue full', ['cpumap']],
  ['the socket is not bound', 'redirect', 'ENXIO', ['xskmap']],
  ['the socket is bound to another port or queue', 'redirect', 'EINVAL', ['xskmap']],
  ['the frame is larger than a chunk', 'redirect', 'ENOSPC', ['xskmap']],
  ['the fill ring is empty', 'redirect', 'ENOMEM', ['xskmap']],
  ['the socket’s receive ring is full', 'redirect', 'ENOBUFS', ['xskmap']],
  ['the socket is closed before it is read', 'wire', 'socket closed', ['xskmap']],
  ['the driver takes part of a bulk', 'flush', 'refused', TO_PORTS],
  ['the target has no queue for this CPU, or no program', 'flush', 'ENXIO', TO_PORTS],
  ['the target has gone down', 'flush', 'ENETDOWN', TO_PORTS],
  ['bnxt, gve and sfc refuse', 'flush', 'EINVAL', TO_PORTS],
  ['a cpumap’s entry has no program', 'cpu', 'no program', ['cpumap']],
  ['no socket buffer can be had on the target CPU', 'cpu', 'no skb', ['cpumap']],
  ...(['ABORTED', 'DROP', 'TX', 'PASS'] as const).map(
    (action) =>
      [`a cpumap’s program answers ${action}`, 'cpu', `XDP_${action}`, ['cpumap']] as [
        string,
        Stage,
        string,
        Target[],
      ],
  ),
  ...[
    'InHdrErrors',
    'InAddrErrors',
    'InUnknownProtos',
    'InDiscards',
    'OutDiscards',
    'OutNoRoutes',
    'FragFails',
  ].map(
    (name) =>
      [`the stack refuses with ${name}`, 'stack', `Ip.${name}`, ['cpumap']] as [
        string,
        Stage,
        string,
        Target[],
      ],
  ),
  ...['InNoRoutes', 'InTruncatedPkts'].map(
    (name) =>
      [`the stack refuses with ${name}`, 'stack', `IpExt.${name}`, ['cpumap']] as [
        string,
        Stage,
        string,
        Target[],
      ],
  ),
  ...ACTIONS.filter((action) => action !== 'PASS').map(
    (action) =>
      [`a devmap’s program answers ${action}`, 'egress', `XDP_${action}`, ['devmap', 'devmap-hash']] as [
        string,
        Stage,
        string,
        Target[],
      ],
  ),
  ['the transmit queue is stopped, generic', 'wire', 'transmit dropped', TO_PORTS],
  ['the frame comes out of another port', 'wire', 'wrong port', TO_PORTS],
]

for (const [condition, stage, reason, targets] of CONDITIONS)
  test(`When ${condition}, the loss (${stage}: ${reason}) has words`, () => {
    for (const target of targets)
      expect(reasonFor(stage, reason, target), target).toMatchObject({ stage, name: reason })
  })

test('Every row says what it means, what to try and where it is decided, in a line each', () => {
  for (const row of REASONS)
    for (const text of [row.meaning, row.cause, row.try, row.where])
      expect(text, `${row.stage}: ${row.name}`).toMatch(/^\S[^\n]*[^\s.]$/)
  expect(Object.keys(STAGE_MEANING)).toEqual([...STAGES])
})

test('No two rows are for the same loss of the same target', () => {
  const keys = REASONS.flatMap(({ stage, name, targets = ['any' as const] }) =>
    targets.map((target) => `${stage}: ${name} (${target})`),
  )
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
})

test('No row stands for something that no condition leads to', () => {
  const known = new Set(CONDITIONS.map(([, stage, reason]) => `${stage}: ${reason}`))
  expect(REASONS.map(({ stage, name }) => `${stage}: ${name}`).filter((key) => !known.has(key))).toEqual([])
})

test('Errnos are written as the ledger writes them', () => {
  const names = new Set([...Object.values(constants.errno), 56, 100, 105].map(errnoName))
  for (const { stage, name } of REASONS)
    if (/^E[A-Z0-9]+$/.test(name)) expect(names, `${stage}: ${name}`).toContain(name)
})

test('The row of a target goes before the row for any', () => {
  expect(reasonFor('redirect', 'ENOMEM', 'xskmap')?.meaning).toContain('fill ring')
  expect(reasonFor('redirect', 'ENOMEM', 'devmap')?.meaning).toContain('broadcast')
  expect(reasonFor('redirect', 'ENOSPC', 'cpumap')?.meaning).toContain('queue')
  expect(reasonFor('redirect', 'ENOSPC', 'xskmap')?.meaning).toContain('chunk')
})

test('A loss that no row describes has no words, rather than those of another', () => {
  expect(reasonFor('redirect', 'ENOSPC', 'devmap')).toBeUndefined()
  expect(reasonFor('egress', 'XDP_PASS', 'devmap')).toBeUndefined()
  expect(reasonFor('flush', 'ENOBUFS', 'devmap')).toBeUndefined()
})
