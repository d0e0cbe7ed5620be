/** What is refused before anything is touched: exit code 2, and one message that says what to write instead. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, expectReadable, REPOSITORY, test } from './lab-command.ts'

const LOCAL = readFileSync(join(REPOSITORY, 'topologies/local.yaml'), 'utf8')

const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
  [
    'a suite that there is none of',
    ['run', 'devmop'],
    "there is no suite 'devmop'; did you mean 'devmap'? Suites: back-to-back, both-ways, cost, cpumap, devmap",
  ],
  [
    'an option that there is none of',
    ['run', '--sise', '64'],
    "error: unknown option '--sise'\n(Did you mean --size?)",
  ],
  [
    'a frame shorter than Ethernet’s',
    ['run', '--size', '10'],
    'a frame size is a whole number of 64 to 65535 bytes, FCS included; got 10',
  ],
  [
    'a mode that there is none of',
    ['run', '--mode', 'fast'],
    "argument 'fast' is invalid. Allowed choices are native, generic.",
  ],
  [
    'a rate in bits of nobody knows which',
    ['run', 'devmap', '--rate', '10Gbps'],
    '10Gbps of what? Say 10Gbps-l1 with preamble and gap, as a line counts, or 10Gbps-l2 for the frames alone',
  ],
  [
    'a profile that is not there',
    ['run', 'profile', '--topology', 'topologies/local-trex.yaml', '--profile', '/nowhere.py'],
    'there is no profile /nowhere.py',
  ],
  ['a command that there is none of', ['rum'], "error: unknown command 'rum'\n(Did you mean run?)"],
  [
    'a program that is not there',
    ['run', 'devmap', '--program', '/nowhere.bpf.o'],
    'there is no program /nowhere.bpf.o',
  ],
  [
    'a topology that is not there',
    ['run', '--topology', 'topologies/lokal.yaml'],
    'topologies/lokal.yaml:1:1: expected a topology file, found none that can be read',
  ],
  [
    'real machines to be made',
    ['up', '--topology', 'topologies/two-port.yaml'],
    'describes real machines, which are up already',
  ],
  ['an end of a lab that is not up', ['down', '--topology', 'topologies/local.yaml'], 'lab local is not up'],
]

for (const [what, argv, message] of REFUSED)
  test(`${what} is refused with a message that helps`, async ({ start }) => {
    const lab = start(argv)
    const outcome = await lab.outcome
    expectReadable(outcome)
    expect(outcome.stderr).toContain(message)
    expect(outcome.stderr.trimEnd().split('\n').length, 'lines of the message').toBeLessThanOrEqual(2)
    expect(outcome.stdout).toBe('')
    expect(outcome.code).toBe(2)
    expect(lab.folder, 'no run was begun').toBeUndefined()
  })

test('a mistake in a topology is shown by its line and column', async ({ lab, folder }) => {
  const file = join(folder, 'mistaken.yaml')
  writeFileSync(file, LOCAL.replace('interface: d1', 'interfase: d1'))
  const line = LOCAL.split('\n').findIndex((text) => text.includes('interface: d1')) + 1
  const outcome = await lab(['run', 'devmap', '--topology', file])
  expectReadable(outcome)
  expect(outcome.stderr).toContain(`${file}:${line}:15: dut.ports.egress.interfase: `)
  expect(outcome.stderr).toContain('interface')
  expect(outcome.code).toBe(2)
})

test('options that no test matches are refused', async ({ lab }) => {
  const outcome = await lab(['run', 'devmap', '--grep', 'through a tunnel'])
  expectReadable(outcome)
  expect(outcome.stderr).toBe('no test was run: devmap has none for these options\n')
  expect(outcome.stdout).toBe('')
  expect(outcome.code).toBe(2)
})

test('a pattern that is none is refused', async ({ lab }) => {
  const outcome = await lab(['run', 'devmap', '--grep', '('])
  expectReadable(outcome)
  expect(outcome.stderr).toContain('--grep')
  expect(outcome.code).toBe(2)
})
