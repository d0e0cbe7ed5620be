import { expect, test } from '@playwright/test'
import { channelsOf, queuesChange } from '../../../lab/dut/queues.ts'
import type { Dut } from '../../../lab/dut/dut.ts'

const ethtool = (rx: string, combined: string) => `Channel parameters for enp1s0:
Pre-set maximums:
RX:		8
TX:		8
Other:		1
Combined:	63
Current hardware settings:
RX:		${rx}
TX:		0
Other:		1
Combined:	${combined}
`

/** A DUT whose ethtool says this. */
const dut = (text: string) => ({ host: { run: () => Promise.resolve(text) } }) as unknown as Dut

test('Queues are those in use, combined ones where the NIC has them', () => {
  expect(channelsOf(ethtool('0', '16'))).toEqual({ kind: 'combined', count: 16 })
  expect(channelsOf(ethtool('4', 'n/a'))).toEqual({ kind: 'rx', count: 4 })
  expect(channelsOf(ethtool('n/a', '0'))).toBeUndefined()
})

test('The change sets so many, and its undo as many as there were', async () => {
  expect(await queuesChange(dut(ethtool('0', '16')), 'enp1s0', 2)).toMatchObject({
    argv: ['ethtool', '-L', 'enp1s0', 'combined', '2'],
    undo: ['ethtool', '-L', 'enp1s0', 'combined', '16'],
  })
})

test('A port that does not say how many it has is left alone', async () => {
  await expect(queuesChange(dut(''), 'enp1s0', 2)).rejects.toThrow(
    'ethtool -l tells of neither combined nor rx',
  )
})
