import { expect, test } from '@playwright/test'
import { checkRoom } from '../../../../lab/generator/trex/room.ts'
import type { Agent } from '../../../../lab/remote/agent.ts'
import type { PortFacts } from '../../../../lab/remote/port-facts.ts'
import { frameSize } from '../../../../lab/units/frame.ts'

const ports = { a: { interface: 't0' }, b: { interface: 't1' } } as unknown as Record<string, PortFacts>
/** A machine whose ports have these MTUs, asked for in the order of their names. */
const machine = (...mtus: number[]) =>
  ({ host: { run: () => Promise.resolve(`${mtus.join('\n')}\n`) } }) as unknown as Agent

test('Frames that a port of the kernel is too narrow for are refused before they are sent', async () => {
  await checkRoom(machine(8_982, 8_982), ports, ['a', 'b'], frameSize(9_000))
  await expect(checkRoom(machine(9_000, 1_500), ports, ['a', 'b'], frameSize(1_519))).rejects.toThrow(
    'generator: its port b (t1) has an MTU of 1500, and frames of 1519 bytes need 1501. Somebody has set it',
  )
})

test('Ports that have no part in a load may be as narrow as they like, and TRex’s own are not asked', async () => {
  const nobody = machine()
  await checkRoom(nobody, ports, ['c'], frameSize(9000))
  await checkRoom(nobody, {}, ['a'], frameSize(9000))
})
