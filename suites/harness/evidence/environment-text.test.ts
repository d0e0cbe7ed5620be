import { expect, test } from '@playwright/test'
import {
  bootText,
  channelsText,
  indirectionText,
  kernelOptions,
  mitigationsText,
  ringsText,
} from '../../../lab/evidence/environment-text.ts'

test('Of a kernel’s options those are kept that decide results, and only when they are set', () => {
  expect(
    kernelOptions(`# Linux/x86 6.18.44 Kernel Configuration
CONFIG_HZ_250=y
CONFIG_HZ=250
# CONFIG_KASAN is not set
CONFIG_PREEMPT_DYNAMIC=y
CONFIG_MITIGATION_RETPOLINE=y
CONFIG_LOCKDEP_SUPPORT=y
CONFIG_EXT4_FS=y
CONFIG_XDP_SOCKETS=y
`),
  ).toBe('HZ=250 MITIGATION_RETPOLINE PREEMPT_DYNAMIC XDP_SOCKETS')
  expect(kernelOptions('')).toBe('')
})

test('Of a kernel’s command line what decides results is told with its value, of all else the name alone', () => {
  expect(
    bootText(
      'BOOT_IMAGE=/vmlinuz root=UUID=12 ro quiet isolcpus=managed_irq,1-3 nohz_full=1-3 mitigations=off ifname=eth0:02:00 cryptkey="hunter 2" nopti intel_idle.max_cstate=1 pcie_aspm=off nosmt console=ttyS0 console=tty0\n',
    ),
  ).toBe(
    'isolcpus=managed_irq,1-3 nohz_full=1-3 mitigations=off nopti intel_idle.max_cstate=1 pcie_aspm=off nosmt, and BOOT_IMAGE, console, cryptkey, ifname, quiet, ro, root',
  )
  expect(bootText('idle=poll')).toBe('idle=poll')
  expect(bootText('quiet')).toBe('and quiet')
  expect(bootText('')).toBe('')
})

test('Mitigations that are in force are told, and weaknesses without one', () => {
  expect(
    mitigationsText(
      'meltdown:Not affected\nspec_store_bypass:Vulnerable\nspectre_v1:Mitigation: usercopy/swapgs barriers',
    ),
  ).toBe('spec_store_bypass: Vulnerable; spectre_v1: usercopy/swapgs barriers')
  expect(mitigationsText('meltdown:Not affected')).toBe('not affected by any')
  expect(mitigationsText('')).toBe('')
})

test('Rings and channels are those that are set, not the most that there could be', () => {
  const rings = `Ring parameters for enp1s0f0np0:
Pre-set maximums:
RX:			8192
TX:			8192
Current hardware settings:
RX:			1024
RX Mini:		n/a
TX:			512
`
  expect(ringsText(rings)).toBe('rx 1024, tx 512')
  const channels = `Channel parameters for d0:
Pre-set maximums:
RX:		2
TX:		2
Combined:	63
Current hardware settings:
RX:		0
TX:		1
Other:		n/a
Combined:	8
`
  expect(channelsText(channels)).toBe('tx 1, combined 8')
  expect(ringsText('')).toBe('')
})

const TABLE = `RX flow hash indirection table for enp1s0f0np0 with 2 RX ring(s):
    0:      0     1     0     1     0     1     0     1
    8:      0     0     0     0
RSS hash key:
6d:5a:56:da:25:5b
RSS hash function:
    toeplitz: on
    xor: off
`

test('An indirection table is told by how many entries lead to each queue, and two that differ are told apart', () => {
  expect(indirectionText(TABLE)).toMatch(/^toeplitz, 12 entries: 0×8 1×4, table and key [0-9a-f]{8}$/)
  expect(indirectionText(TABLE.replace('6d:5a', '6d:5b'))).not.toBe(indirectionText(TABLE))
  expect(indirectionText(TABLE.replace('0     0     0     0', '1     1     1     1'))).toContain('0×4 1×8')
})

test('A port without a table says so, one that says nothing has no text', () => {
  const virtio = `RX flow hash indirection table for eth0 with 1 RX ring(s):
Operation not supported
RSS hash key:
Operation not supported
RSS hash function:
    toeplitz: on
    xor: off
`
  expect(indirectionText(virtio)).toBe('toeplitz, no indirection table')
  expect(indirectionText('')).toBe('')
})
