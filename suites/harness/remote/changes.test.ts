import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { AgentFailed } from '../../../lab/remote/agent-failed.ts'
import { Changes, DirtyMachine } from '../../../lab/remote/changes.ts'
import { Mtus } from '../../../lab/remote/mtus.ts'
import type { PortFacts } from '../../../lab/remote/port-facts.ts'
import { setEnvironment } from '../cli/environment.ts'
import { test as base } from './agent-device.ts'

/** Settings of the machine are files of its folder; each undo writes a line into `log` as well. */
const test = base.extend<{
  changes: Changes
  set: (name: string) => Promise<void>
  read: (file: string) => Promise<string>
}>({
  changes: async ({ agent }, use) => use(new Changes(agent)),
  set: async ({ changes, machine }, use) => {
    const write = (name: string, value: string) => [
      'sh',
      '-c',
      'echo "$2" > "$3/$1"; echo "$1 $2" >> "$3/log"',
      'sh',
      name,
      value,
      machine.folder,
    ]
    await use((name) =>
      changes.make({ what: `setting ${name}`, argv: write(name, 'new'), undo: write(name, 'old') }),
    )
  },
  read: async ({ machine }, use) => use((file) => readFile(join(machine.folder, file), 'utf8')),
})

const ARGV = { argv: ['true'], undo: ['true'] }
const BROKEN = { argv: ['true'], undo: ['sh', '-c', 'echo it is busy >&2; exit 1'] }

const dirt = async (promise: Promise<void>): Promise<DirtyMachine> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DirtyMachine)
  return error as DirtyMachine
}

test('Changes are undone last in, first out', async ({ changes, set, read }) => {
  for (const name of ['a', 'b', 'c']) await set(name)
  expect(await read('a')).toBe('new\n')
  await changes.undo()
  expect(await read('log')).toBe('a new\nb new\nc new\nc old\nb old\na old\n')
})

test('What was undone once is not undone again', async ({ changes, set, read }) => {
  await set('a')
  await changes.undo()
  await changes.undo()
  expect(await read('log')).toBe('a new\na old\n')
})

test('A change that fails says why, and is undone like any other: it may have been made in part', async ({
  changes,
  machine,
  read,
}) => {
  const half = join(machine.folder, 'half')
  const argv = ['sh', '-c', 'echo new > "$0"; echo only half >&2; exit 1', half]
  const made = changes.make({ what: 'a half', argv, undo: ['sh', '-c', 'echo old > "$0"', half] })
  await expect(made).rejects.toThrow(AgentFailed)
  await expect(made).rejects.toThrow('only half')
  await changes.undo()
  expect(await read('half')).toBe('old\n')
})

test('An undo that fails does not stop the others, and every one that failed is listed', async ({
  changes,
  set,
  read,
}) => {
  await set('a')
  await changes.make({ what: 'rings of d0', ...BROKEN })
  await set('b')
  await changes.make({ what: 'MTU of d1', ...BROKEN })
  const { message } = await dirt(changes.undo())
  expect(message.split('\n')).toEqual([
    'dut is not as it was found, put it right by hand:',
    '  MTU of d1: it is busy',
    '  rings of d0: it is busy',
  ])
  expect(await read('a')).toBe('old\n')
  expect(await read('b')).toBe('old\n')
})

test('A dirty machine stays dirty: every later use fails with the first cause', async ({
  changes,
  set,
  read,
}) => {
  await changes.make({ what: 'rings of d0', ...BROKEN })
  const first = await dirt(changes.undo())
  expect(await dirt(set('a'))).toBe(first)
  expect(await dirt(changes.undo())).toBe(first)
  await expect(read('a'), 'nothing is changed any more').rejects.toThrow('ENOENT')
})

test('When the agent was killed, changes are undone over SSH, in the same order', async ({
  changes,
  device,
  set,
  read,
}) => {
  for (const name of ['a', 'b']) await set(name)
  device.die('')
  await changes.undo()
  expect(await read('log')).toBe('a new\nb new\nb old\na old\n')
})

test('When the agent was killed, an undo that fails over SSH is listed and the others are made', async ({
  changes,
  device,
  set,
  read,
}) => {
  await set('a')
  await changes.make({ what: 'rings of d0', ...BROKEN })
  device.die('')
  const { message } = await dirt(changes.undo())
  expect(message).toMatch(/^ {2}rings of d0: .*it is busy/ms)
  expect(await read('a')).toBe('old\n')
})

test('When the machine is gone, everything that was not undone is listed', async ({ changes, machine }) => {
  await changes.make({ what: 'MTU of d0', ...ARGV })
  await changes.make({ what: 'rings of d0', ...ARGV })
  machine.cut()
  const { message } = await dirt(changes.undo())
  expect(message).toMatch(/ {2}rings of d0: .*\n {2}MTU of d0: /)
})

test('MTUs that were undone with other changes are set again when they are wanted', async ({
  agent,
  machine,
  read,
}) => {
  await writeFile(join(machine.folder, 'ip'), '#!/bin/sh\necho "$@" >> "$(dirname "$0")/ip.log"\n', {
    mode: 0o700,
  })
  const restore = setEnvironment({ PATH: `${machine.folder}:${process.env['PATH'] ?? ''}` })
  try {
    const changes = new Changes(agent)
    const mtus = new Mtus(changes, [{ interface: 'd0', mtu: 1500 } as PortFacts])
    await mtus.set(9000)
    await changes.undo(0)
    await mtus.set(9000)
    await mtus.set(9000)
  } finally {
    restore()
  }
  expect((await read('ip.log')).trim().split('\n')).toEqual([
    'link set dev d0 mtu 9000',
    'link set dev d0 mtu 1500',
    'link set dev d0 mtu 9000',
  ])
})

test('MTUs are set where they differ, and put back as they were found', async ({ agent, machine, read }) => {
  // A command `ip` of the machine's own, which keeps what it is told.
  await writeFile(join(machine.folder, 'ip'), '#!/bin/sh\necho "$@" >> "$(dirname "$0")/ip.log"\n', {
    mode: 0o700,
  })
  const restore = setEnvironment({ PATH: `${machine.folder}:${process.env['PATH'] ?? ''}` })
  try {
    const changes = new Changes(agent)
    const mtus = new Mtus(changes, [
      { interface: 'd0', mtu: 1500 } as PortFacts,
      { interface: 'd1', mtu: 9000 } as PortFacts,
    ])
    await mtus.set(9000)
    await mtus.set(1500)
    await changes.undo()
  } finally {
    restore()
  }
  const words = (await read('ip.log'))
    .trim()
    .split('\n')
    .map((line) => line.replace('link set dev ', ''))
  expect(words.slice(0, 3)).toEqual(['d0 mtu 9000', 'd0 mtu 1500', 'd1 mtu 1500'])
  expect(words.slice(3)).toEqual(['d1 mtu 9000', 'd0 mtu 1500', 'd0 mtu 1500'])
})
