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

for (const [mode, full, seenBy] of [
  ['xdpdrv', 'queue full', 'xdp_cpumap_enqueue'],
  ['xdpgeneric', 'ENOSPC', 'xdp_redirect_err'],
] as const)
  test(`four causes are named with their counts, each once (${mode})`, async ({ handMade, explain }) => {
    const setup = await handMade({ ...BROKEN, mode })
    // Its interfaces have the same numbers, and it loses frames for the same reasons.
    const other = await handMade({ ...BROKEN, mode })
    const machine = explain(setup.dut, '--json', '--for', '60s')
    const person = explain(setup.dut, '--for', '60s')
    await Promise.all([machine.watching, person.watching])
    await Promise.all([sendAll(setup), sendAll(other)])
    const [json, text] = await Promise.all([machine.end(), person.end()])

    const explained = JSON.parse(json.stdout) as Explained
    const losses = explained.losses.map(({ reason, frames, from, to, map, seenBy: by }) => ({
      reason,
      frames,
      from,
      to,
      map: map && `${map.id}[${map.keys.join()}]`,
      by,
    }))
    const { tx_ports: ports, workers } = setup.maps
    // What the queue did not hold is lost; while nothing else runs on its CPU, it takes no more than it holds.
    const lost = COUNTS.queued - BROKEN.queue
    expect(losses).toEqual([
      {
        reason: full,
        frames: lost,
        from: mode === 'xdpdrv' ? undefined : 'a1',
        to: mode === 'xdpdrv' ? 'CPU 0' : undefined,
        map: `${workers}[0]`,
        by: seenBy,
      },
      {
        reason: 'ENETDOWN',
        frames: COUNTS.down,
        from: 'a1',
        to: 'b1',
        map: `${ports}[3]`,
        by: 'xdp_redirect_err',
      },
      {
        reason: 'XDP_ABORTED',
        frames: COUNTS.missing,
        from: 'a1',
        to: undefined,
        map: undefined,
        by: 'xdp_exception',
      },
      {
        reason: 'EMSGSIZE',
        frames: COUNTS.long,
        from: 'a1',
        to: 'c1',
        map: `${ports}[5]`,
        by: 'xdp_redirect_err',
      },
    ])
    expect(explained.setup.programs.map(({ id }) => id)).toEqual([setup.program])
    expect(explained.foreignHits, 'events of the other setup').toBeGreaterThanOrEqual(COUNTS.down)
    expect(json.code).toBe(1)

    const all = lost + COUNTS.down + COUNTS.missing + COUNTS.long
    expect(text.stdout).toContain(`Frames are being lost: ${all} in `)
    expect(text.stdout).toContain(
      `40 frames: ENETDOWN, a1 → b1\n  why    port b1, entry 3 of map ${ports} tx_ports, is down.`,
    )
    expect(text.stdout).toContain('30 frames: XDP_ABORTED, at a1\n')
    expect(text.stdout).toContain('with entries 3 → b1, 5 → c1')
    expect(text.stdout).toContain('20 frames: EMSGSIZE, a1 → c1\n')
    expect(text.stdout).toContain('has MTU 1000')
    expect(text.stdout).toMatch(new RegExp(`92 frames: ${full}`))
    expect(text.code).toBe(1)
    expect(await setup.attached(), 'the program is left alone').toBe(setup.program)
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
