/**
 * What watching costs: the devmap path at 64 bytes, as fast as it goes, unobserved, with the lab's two levels of
 * evidence, and with the two commands of the kernel's own document (Documentation/bpf/redirect.rst), in turn.
 * On a virtual lab the generator's own redirects are of the same kernel, so each event costs twice.
 *
 *     npm run bench:observer [-- --rounds 7 --frames 3000000 --batch 64 --cpu N]
 */
import { type Guarded, startGuarded } from '../lab/remote/guarded.ts'
import { findProbes } from '../lab/evidence/probes.ts'
import type { Host } from '../lab/remote/host.ts'
import { type DevmapPath, openDevmapPath, type Run } from './devmap-path.ts'
import { options } from './options.ts'
import { keep, thisMachine } from './record.ts'
import { compare, inRounds, resultLines } from './rounds.ts'

const UNOBSERVED = 'unobserved'
const LIGHT = 'light'
const LIGHT_COSTS_AT_MOST = 0.05
const READY_MS = 20_000

/** "To get the count of every probe", as the document writes it. */
const ONE_LINER = 'tracepoint:xdp:* { @cnt[probe] = count(); }'
/** Of its perf record; what the kernel no longer has, perf refuses with the whole list. */
const PERF_EVENTS = ['xdp_redirect_err', 'xdp_redirect_map_err', 'xdp_exception', 'xdp_devmap_xmit']

const { rounds, frames, batch, cpu } = options({})

const began = new Date().toISOString()
const machine = thisMachine()
const path = await openDevmapPath()
try {
  const host = path.lab.dut.host
  const probes = await findProbes(host)
  const perfEvents = PERF_EVENTS.filter((event) => probes.has(event))
  const runs = await inRounds(
    [
      { what: UNOBSERVED, run: () => path.run(frames, batch, cpu, 'none') },
      { what: LIGHT, run: () => path.run(frames, batch, cpu, 'light') },
      { what: 'full', run: () => path.run(frames, batch, cpu, 'full') },
      { what: 'the document’s bpftrace', run: () => withOneLiner(path) },
      { what: 'the document’s perf record', run: () => withPerfRecord(path, host, perfEvents) },
    ],
    rounds,
    console.log,
  )
  const results = compare(runs, UNOBSERVED)
  console.log(['', ...resultLines(results)].join('\n'))
  console.log(
    `Kept in ${keep({ schema: 1, benchmark: 'observer-effect', began, machine, frames, runs, results })}`,
  )
  const light = results.find(({ what }) => what === LIGHT)?.ratio?.median ?? 0
  if (light < 1 - LIGHT_COSTS_AT_MOST) {
    console.error(
      `light evidence leaves ${light.toFixed(3)} of the throughput; ${1 - LIGHT_COSTS_AT_MOST} is expected.`,
    )
    process.exitCode = 1
  }
} finally {
  await path.close()
}

/** Its interval is not of the document: it tells when bpftrace has attached, which costs ten lines a second. */
async function withOneLiner(path: DevmapPath): Promise<Run> {
  await path.lab.collector.watch('none')
  const lines: string[] = []
  const script = `${ONE_LINER} interval:ms:100 { printf("on\\n"); }`
  const bpftrace = await startGuarded(path.lab.dut.host, ['bpftrace', '-e', script])
  try {
    await on(bpftrace, lines)
    const measured = await path.run(frames, batch, cpu, 'none')
    bpftrace.signal('INT')
    await bpftrace.ended
    const seen = Number(/@cnt\[tracepoint:xdp:xdp_redirect\]: (\d+)/.exec(lines.join('\n'))?.[1] ?? 0)
    // A frame is redirected twice here: by the generator's program, and by the DUT's.
    return seen >= 2 * frames ? measured : { ...measured, invalid: `bpftrace saw ${seen} redirects` }
  } finally {
    await bpftrace.kill()
  }
}

/**
 * The workload says that the events are on, and lasts a second longer than perf. It lets go of perf's output,
 * whose end nobody would hear of otherwise.
 */
async function withPerfRecord(path: DevmapPath, host: Host, events: readonly string[]): Promise<Run> {
  await path.lab.collector.watch('none')
  const folder = (await host.run(['mktemp', '-d'])).trim()
  const perf = await startGuarded(host, [
    ...['perf', 'record', '-a', '-o', `${folder}/perf.data`],
    ...events.flatMap((event) => ['-e', `xdp:${event}`]),
    ...['--', 'sh', '-c', 'echo on; exec >&- 2>&-; while kill -0 "$PPID"; do sleep 1; done'],
  ])
  try {
    await on(perf, [])
    return await path.run(frames, batch, cpu, 'none')
  } finally {
    await perf.kill()
    await host.run(['rm', '-rf', folder])
  }
}

function on(observer: Guarded, lines: string[]): Promise<void> {
  return observer.within(
    READY_MS,
    'attach',
    new Promise<void>((resolve) =>
      observer.onLine((line) => {
        lines.push(line)
        if (line === 'on') resolve()
      }),
    ),
  )
}
