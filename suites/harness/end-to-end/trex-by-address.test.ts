/** A real TRex on a machine with an address: started there by the lab, or found running and shared with others. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { planServer } from '../../../lab/generator/trex/config.ts'
import { expect, expectReadable, REPOSITORY } from './lab-command.ts'
import type { Machines } from './machines.ts'
import { test } from './machines-test.ts'
import { framesFlow } from './traffic.ts'
import { skipWithoutTrex, TREX_DIR } from './trex.ts'

const STARTED_MS = 60_000
const CLIENT = join(REPOSITORY, 'lab/generator/trex/client.py')
const LIBRARY = 'automation/trex_control_plane/interactive'

test.beforeEach(skipWithoutTrex)
test.describe.configure({ timeout: 3 * STARTED_MS })

const run = (topology: string, frames: number, ...more: string[]) => [
  ...['run', 'devmap', '--topology', topology, '--size', '64', '--mode', 'native', '--no-report'],
  ...['--evidence', 'light', '--frames-per-cell', String(frames), ...more],
]

const bed = (machines: Machines, server: 'start' | 'attach'): string =>
  machines.topology((text) =>
    text.replace('kind: soft', `kind: trex\n  path: ${TREX_DIR!}\n  server: ${server}`),
  )

/** Words before the command: on the controller, with a cache of its own. */
const within = (machines: Machines): string[] => {
  const cache = join(machines.folder, 'cache')
  mkdirSync(cache, { recursive: true })
  return [...machines.within('controller'), 'env', `XDG_CACHE_HOME=${cache}`]
}

test('a server started on another machine is reached through SSH alone, and leaves nothing there', async ({
  start,
  machines,
}) => {
  const found = await machines.state('generator')
  const lab = start(run(bed(machines, 'start'), 300_000), { within: within(machines) })
  await lab.until('frames', () => framesFlow(machines.processes()), STARTED_MS)
  const knock = (name: 'controller' | 'generator', address: string) =>
    machines
      .run(name, ['timeout', '3', 'bash', '-c', `</dev/tcp/${address}/4501 && echo open`])
      .catch(() => 'closed')
  expect(await knock('generator', '127.0.0.1'), 'from the machine itself').toBe('open\n')
  expect(await knock('controller', '10.77.1.2'), 'from another machine').toBe('closed')
  const outcome = await lab.outcome
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout).toContain('1 passed, 0 failed')
  expect(await machines.state('generator')).toBe(found)
  expect(await machines.run('generator', ['nft', 'list', 'tables'])).toBe('')
})

/** A server that is there already, until the returned function ends it. */
async function standingServer(machines: Machines): Promise<() => Promise<void>> {
  const mac = async (name: 'dut' | 'generator', port: string) =>
    (await machines.run(name, ['cat', `/sys/class/net/${port}/address`])).trim()
  const ports = await Promise.all(
    ['0', '1'].map(async (number) => ({
      device: `t${number}`,
      mac: await mac('generator', `t${number}`),
      peer: await mac('dut', `d${number}`),
    })),
  )
  const plan = planServer({ kind: 'trex', host: 'namespace', ports: {} }, undefined, ports, 2, 'standing')
  const file = join(machines.folder, 'standing.yaml')
  writeFileSync(file, plan.config)
  const [program, ...words] = [
    ...[...machines.within('generator'), 'env', '-C', TREX_DIR!, `LD_LIBRARY_PATH=${TREX_DIR!}`],
    ...['./_t-rex-64', '-i', '--stl', '--no-key', '--no-scapy-server', '--cfg', file],
  ]
  const server = spawn(program!, words, { stdio: 'ignore' })
  const end = performance.now() + STARTED_MS
  while (!(await machines.run('generator', ['ss', '-Hlnt'])).includes(':4501')) {
    if (performance.now() > end) throw new Error('the standing server does not listen')
    await delay(100)
  }
  return async () => {
    server.kill('SIGKILL')
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
  }
}

/** Somebody else holds all ports. */
async function bob(machines: Machines): Promise<ChildProcess> {
  const addresses = [4501, 4500].map((port) => `tcp://127.0.0.1:${port}`)
  const words = ['python3', '-W', 'ignore', CLIENT, join(TREX_DIR!, LIBRARY), 'bob', '2', ...addresses]
  const [program, ...rest] = [...machines.within('generator'), ...words]
  const client = spawn(program!, rest, { stdio: ['pipe', 'pipe', 'ignore'] })
  const lines = createInterface(client.stdout)[Symbol.asyncIterator]()
  await lines.next()
  for (const [op, args] of Object.entries({
    connect: {},
    acquire: { ports: [0, 1], force: false, promiscuous: [] },
  })) {
    client.stdin.write(`${JSON.stringify({ id: 1, op, args })}\n`)
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ ok: true })
  }
  return client
}

test('a server that runs already is shared: its ports are refused, taken over when asked, and taken back from a dead run', async ({
  start,
  lab,
  machines,
}) => {
  const stop = await standingServer(machines)
  const topology = bed(machines, 'attach')
  try {
    const other = await bob(machines)
    const refused = await lab(run(topology, 1_000), { within: within(machines) })
    expectReadable(refused)
    expect(refused.stderr).toContain('generator: its ports are held by bob. ')
    expect(refused.stderr).toContain('--take-over')
    expect(refused.code).toBe(3)

    const taken = await lab(run(topology, 1_000, '--take-over'), { within: within(machines) })
    expect(taken.stdout).toContain('1 passed, 0 failed')
    other.kill('SIGKILL')

    const dying = start(run(topology, 300_000), { within: within(machines) })
    await dying.until('frames', () => framesFlow(machines.processes()), STARTED_MS)
    dying.kill('SIGKILL')
    await dying.outcome
    // It was told how long to send, at 50,000 a second; nobody is there to stop it.
    const sent = async () =>
      Number(await machines.run('generator', ['cat', '/sys/class/net/t0/statistics/tx_packets']))
    let before = -1
    await expect
      .poll(
        async () => {
          const moved = (await sent()) - before
          before += moved
          return moved
        },
        { intervals: [500], timeout: 30_000 },
      )
      .toBe(0)

    const next = await lab(run(topology, 1_000), { within: within(machines) })
    expect(next.stdout).toContain('1 passed, 0 failed')
  } finally {
    await stop()
  }
})
