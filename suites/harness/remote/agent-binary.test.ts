import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { machine as architecture } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect } from '@playwright/test'
import { agentPath } from '../../../lab/remote/agent-binary.ts'
import { Unsupported } from '../../../lab/remote/unsupported.ts'
import { setEnvironment } from '../cli/environment.ts'
import { test } from './ssh-machine.ts'

const BINARY = new URL(`../../../lab/agent/build/${architecture()}/agent`, import.meta.url)
const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex')
const uploads = (lines: readonly string[]) => lines.filter((line) => line.endsWith("'put'"))

test('The agent is put into the machine’s cache, whole, private, and named by its content', async ({
  host,
  machine,
}) => {
  const path = await agentPath(host)
  const content = await readFile(BINARY)
  expect(path).toBe(join(machine.folder, 'cache', 'redirect-lab', `agent-${hashOf(content).slice(0, 16)}`))
  expect(hashOf(await readFile(path))).toBe(hashOf(content))
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
})

test('The agent is uploaded once, however many ask for it, and not at all where it is already', async ({
  host,
  machine,
}) => {
  await Promise.all([agentPath(host), agentPath(host), agentPath(host)])
  expect(uploads(machine.commandLines)).toHaveLength(1)
  const again = await machine.connect()
  await agentPath(again)
  expect(uploads(machine.commandLines)).toHaveLength(1)
})

test('A stale agent and half an upload are left lying, and never run', async ({ host, machine }) => {
  const cache = join(machine.folder, 'cache', 'redirect-lab')
  await mkdir(cache, { recursive: true })
  const hash = hashOf(await readFile(BINARY)).slice(0, 16)
  for (const stale of ['agent-0123456789abcdef', `agent-${hash}.4711`]) {
    await writeFile(join(cache, stale), '#!/bin/sh\nexit 1\n')
    await chmod(join(cache, stale), 0o700)
  }
  expect(basename(await agentPath(host))).toBe(`agent-${hash}`)
  expect(uploads(machine.commandLines)).toHaveLength(1)
  expect(await readdir(cache)).toHaveLength(3)
})

test('Two connections that upload at the same time end with one whole agent', async ({ host, machine }) => {
  const other = await machine.connect()
  const [path, same] = await Promise.all([agentPath(host), agentPath(other)])
  expect(same).toBe(path)
  expect(hashOf(await readFile(path))).toBe(hashOf(await readFile(BINARY)))
  expect(await readdir(dirname(path))).toEqual([basename(path)])
})

test('An upload that broke off leaves nothing that is run, and the next one is whole', async ({
  host,
  machine,
}) => {
  // A `cat` of the machine's own, which stops half way.
  await writeFile(join(machine.folder, 'cat'), '#!/bin/sh\necho half\nexec sleep 60\n', { mode: 0o700 })
  const restore = setEnvironment({ PATH: `${machine.folder}:${process.env['PATH'] ?? ''}` })
  const cache = join(machine.folder, 'cache', 'redirect-lab')
  try {
    const broken = expect(agentPath(host)).rejects.toThrow()
    await expect.poll(() => readdir(cache).catch(() => [])).toHaveLength(1)
    machine.cut()
    await broken
  } finally {
    restore()
  }
  const path = await agentPath(await machine.connect())
  expect(hashOf(await readFile(path))).toBe(hashOf(await readFile(BINARY)))
})

test('A machine for which no agent is built is unsupported, and how to build one is told', async ({
  host,
  machine,
}) => {
  machine.program = (line, channel) => {
    if (!line.startsWith("'uname'")) return false
    channel.write('riscv64\n')
    channel.exit(0)
    channel.resume().end()
    return true
  }
  const error = await agentPath(host).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Unsupported)
  expect((error as Error).message).toMatch(
    /^an agent for riscv64 cannot be had: .*build\/riscv64\/agent.*make -C lab\/agent/,
  )
})
