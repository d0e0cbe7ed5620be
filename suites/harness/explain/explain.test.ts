/** `lab explain` on the real kernel, against redirects that were made by hand. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, type Explained, type HandMade, test } from './hand-made.ts'

/** Down target, missing entry, frame too long, full queue, and some that arrive. */
const BROKEN = { down: true, mtu: 1000, queue: 8 }
const COUNTS = { down: 40, missing: 30, long: 20, queued: 100, good: 50 }

async function sendAll(to: HandMade): Promise<void> {
  await to.send(COUNTS.down, 'tx_ports', 3)
  await to.send(COUNTS.missing, 'tx_ports', 7)
  await to.send(COUNTS.long, 'tx_ports', 5, 1500)
  await to.send(COUNTS.queued, 'workers', 0)
  await to.send(COUNTS.good, 'tx_ports', 5)
}

/** Every loss of `sendAll`, as `--json` has it; what a full queue is called depends on the mode. */
function expected({ maps: { tx_ports: ports, workers } }: HandMade, full: object): unknown[] {
  const told = { from: 'a1', seenBy: 'xdp_redirect_err' }
  const keys = { id: ports, name: 'tx_ports' }
  return [
    // While nothing else runs on its CPU, the queue takes no more than it holds.
    {
      frames: COUNTS.queued - BROKEN.queue,
      map: { id: workers, name: 'workers', keys: [0] },
      ...full,
    },
    { ...told, reason: 'ENETDOWN', frames: COUNTS.down, to: 'b1', map: { ...keys, keys: [3] } },
    { reason: 'XDP_ABORTED', frames: COUNTS.missing, from: 'a1', seenBy: 'xdp_exception' },
    { ...told, reason: 'EMSGSIZE', frames: COUNTS.long, to: 'c1', map: { ...keys, keys: [5] } },
  ]
}
const LOST = COUNTS.queued - BROKEN.queue + COUNTS.down + COUNTS.missing + COUNTS.long

test('four causes are named with their counts, each once', async ({ handMade, explain }) => {
  const setup = await handMade(BROKEN)
  // Its interfaces have the same numbers, and it loses frames for the same reasons.
  const other = await handMade(BROKEN)
  const machine = explain(setup.dut, '--json', '--for', '60s')
  const person = explain(setup.dut, '--for', '60s')
  await Promise.all([machine.watching, person.watching])
  await Promise.all([sendAll(setup), sendAll(other)])
  const [json, text] = await Promise.all([machine.end(), person.end()])

  const explained = JSON.parse(json.stdout) as Explained
  const full = { reason: 'queue full', to: 'CPU 0', seenBy: 'xdp_cpumap_enqueue' }
  expect(explained.losses).toMatchObject(expected(setup, full))
  expect(explained.losses).toHaveLength(4)
  expect(explained).toMatchObject({ losing: true, lostFrames: LOST })
  expect(explained.setup.programs.map(({ id }) => id)).toEqual([setup.program])
  expect(explained.foreignHits, 'events of the other setup').toBeGreaterThanOrEqual(COUNTS.down)
  expect(json.code).toBe(1)

  expect(text.stdout).toContain(`Frames are being lost: ${LOST} in `)
  const place = `entry 3 of map ${setup.maps.tx_ports} tx_ports`
  expect(text.stdout).toContain(`40 frames: ENETDOWN, a1 → b1\n  why    port b1, ${place}, is down.`)
  expect(text.stdout).toContain('30 frames: XDP_ABORTED, at a1\n')
  expect(text.stdout).toContain('with entries 3 → b1, 5 → c1')
  expect(text.stdout).toContain('20 frames: EMSGSIZE, a1 → c1\n')
  expect(text.stdout).toContain('has MTU 1000')
  expect(text.stdout).toContain('92 frames: queue full, on the way to CPU 0\n')
  expect(text.code).toBe(1)
  expect(await setup.attached(), 'the program is left alone').toBe(setup.program)
})

test('the same four are named in generic mode', async ({ handMade, explain }) => {
  const setup = await handMade({ ...BROKEN, mode: 'xdpgeneric' })
  const explaining = explain(setup.dut, '--json', '--for', '60s')
  await explaining.watching
  await sendAll(setup)
  const { code, stdout } = await explaining.end()
  const explained = JSON.parse(stdout) as Explained
  const full = { reason: 'ENOSPC', from: 'a1', seenBy: 'xdp_redirect_err' }
  expect(explained.losses).toMatchObject(expected(setup, full))
  expect(explained).toMatchObject({ losing: true, lostFrames: LOST })
  expect(code).toBe(1)
})

test('a healthy redirect is called so, with what it redirected', async ({ handMade, explain }) => {
  const setup = await handMade({})
  const explaining = explain(setup.dut, '--for', '60s')
  const perFrame = explain(setup.dut, '--for', '60s', '--json', '--per-frame', '--interface', 'a1')
  await Promise.all([explaining.watching, perFrame.watching])
  await setup.send(COUNTS.good, 'tx_ports', 3)
  await setup.send(COUNTS.queued, 'workers', 0)
  const [{ code, stdout, stderr }, counted] = await Promise.all([explaining.end(), perFrame.end()])
  expect(stdout).toMatch(/No loss: 150 frames redirected in [\d.]+ s, and none lost on the way\./)
  expect(stdout).toContain('Not to be seen from outside')
  expect(stdout).toMatch(/Watching cost: bpftrace [\d.]+ s of CPU/)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(JSON.parse(counted.stdout)).toMatchObject({
    losing: false,
    redirectedFrames: 150,
    losses: [],
    hits: { xdp_redirect: 150 },
  })
  expect(counted.code).toBe(0)
})

test('it ends by its time, and killed it leaves no probe behind', async ({ handMade, explain }) => {
  const setup = await handMade({})
  const begun = performance.now()
  const timed = explain(setup.dut, '--for', '500ms')
  const killed = explain(setup.dut, '--for', '60s')
  await killed.watching
  const mine = descendants(killed.pid)
  expect(mine.map(({ name }) => name)).toEqual(expect.arrayContaining(['bpftrace']))
  killed.kill('SIGKILL')
  const until = performance.now() + 2000
  const left = () => mine.filter(({ pid, began }) => stat(pid)?.began === began)
  while (left().length > 0 && performance.now() < until) await delay(50)
  expect(left()).toEqual([])
  const { code, stdout } = await timed.outcome
  expect(stdout).toContain('No loss, and no redirect either')
  expect(code).toBe(0)
  expect(performance.now() - begun).toBeLessThan(20_000)
  expect(await setup.attached()).toBe(setup.program)
})

test('wrong use ends with 2, and what could not be looked at with 3', async ({ handMade, explain }) => {
  const { dut, outside } = await handMade({})
  const cases = [
    { run: explain(dut, '--for', 'soon'), code: 2, says: 'A time like 10s' },
    { run: explain(dut, '--host', 'a:b:c'), code: 2, says: '[USER@]HOST[:PORT]' },
    { run: explain(dut, '--topology', 'topologies/local.yaml'), code: 2, says: 'lab up' },
    { run: explain(dut, '--interface', 'd9'), code: 3, says: "no interface 'd9'" },
    { run: explain(outside), code: 3, says: 'no XDP program is attached to any port' },
  ]
  for (const { run, code, says } of cases) {
    const said = await run.outcome
    expect(said.stderr).toContain(says)
    expect(said.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    expect(said.stdout).toBe('')
    expect(said.code).toBe(code)
  }
})

function stat(pid: number): { name: string; parent: number; began: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    return { name, parent: Number(fields[1]), began: fields[19]! }
  } catch {
    return undefined
  }
}

function descendants(root: number): { pid: number; name: string; began: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const found = stat(Number(name))
      return found ? [{ pid: Number(name), ...found }] : []
    })
  const children = (parent: number): typeof all =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...children(one.pid)])
  return children(root)
}
