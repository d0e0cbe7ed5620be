import { release } from 'node:os'
import { expect, test } from '@playwright/test'
import { readEnvironment } from '../../../lab/evidence/environment.ts'
import { LocalHost } from '../../../lab/remote/local-host.ts'
import type { Host } from '../../../lab/remote/host.ts'

/** A machine that says this of itself and of each of its ports, lines of one fact parted as its shell parts them. */
const machine = (itself: Record<string, string>, ofPort: Record<string, string> = {}): Host => ({
  name: 'dut',
  run: ([, , , , port]) =>
    Promise.resolve(
      Object.entries(port === undefined ? itself : ofPort)
        .map(([name, text]) => `${name}=${text.replaceAll('\n', '\x1f')}\n`)
        .join(''),
    ),
  start: () => Promise.reject(new Error('nothing is started')),
  connect: () => Promise.reject(new Error('nothing is connected')),
  close: () => Promise.resolve(),
})

test('This machine and its loopback say what they are, and what is not said is named', async () => {
  const host = new LocalHost()
  const environment = await readEnvironment(host, { ingress: 'lo' })
  await host.close()
  expect(environment['kernel']).toBe(release())
  expect(environment['cpus']).toMatch(/^\d+$/)
  expect(environment['dut.ingress.rings']).toBe('none: no device behind the port')
  const missing = (environment['missing'] ?? '').split(', ')
  const expected = ['kernel.config', 'microcode', 'mitigations', 'governor', 'smt', 'dut.ingress.napi']
  for (const name of expected)
    expect(name in environment !== missing.includes(name), `${name} is either there or missing`).toBe(true)
  expect(Object.values(environment)).not.toContain('')
})

test('What a machine cannot say is missing by name, and has no value', async () => {
  const host = machine(
    { kernel: '6.12.1', governor: '', microcode: '', cpus: '8' },
    { queues: 'Current hardware settings:\nRX:\t\tn/a\nCombined:\t4', rings: '', irqs: '130: 0\n131: 1' },
  )
  expect(await readEnvironment(host, { ingress: 'enp1s0' })).toEqual({
    kernel: '6.12.1',
    cpus: '8',
    'dut.ingress.queues': 'combined 4',
    'dut.ingress.irqs': '130: 0, 131: 1',
    missing: 'governor, microcode, dut.ingress.rings',
  })
})

test('Of a machine that says everything nothing is missing', async () => {
  const host = machine({ cmdline: 'quiet nohz_full=1' }, { napi: '1' })
  expect(await readEnvironment(host, { ingress: 'd0', egress: 'd1' })).toEqual({
    cmdline: 'nohz_full=1, and quiet',
    'dut.ingress.napi': 'threaded',
    'dut.egress.napi': 'threaded',
  })
})
