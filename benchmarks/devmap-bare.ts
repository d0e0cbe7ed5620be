/**
 * What the harness costs the path that it measures: the devmap path at 64 bytes, as fast as it goes, driven by a
 * bare loop of the same kernel calls and by the harness, in turn.
 *
 * In both: two namespaces with two veth pairs; BPF_PROG_TEST_RUN with live frames of 60 bytes, the same batch
 * on the same CPU at the highest priority that is not real-time; a source program that writes Ethernet, IPv4 and
 * UDP headers, a sequence number and, in one frame of 16, the time, and redirects into the port; a native program
 * that redirects through a devmap; a native program at the far end that counts. Time runs from the first frame that the source sends to the last.
 *
 * In the bare loop only: nothing. In the harness only: SSH and the agent; the source's signature and check sum
 * of each frame; a redirect program that looks whether a frame is the test's, and counts what it answers; a sink
 * that verifies each frame, looks for duplicates and for disorder, and books latency; counters read before and
 * after, and the ledger. Evidence is `none` in one series, `light` (bpftrace attached) in another.
 *
 *     npm run bench:devmap [-- --rounds 9 --frames 3000000 --batch 64 --cpu N]
 */
import { BareLoop } from './bare-loop.ts'
import { openDevmapPath } from './devmap-path.ts'
import { options } from './options.ts'
import { keep, thisMachine } from './record.ts'
import { compare, inRounds, resultLines } from './rounds.ts'

/** Of the same kernel calls without a harness. */
const AT_LEAST = 0.9
const BARE = 'bare loop'
const HARNESS = 'harness, evidence none'
const HARNESS_LIGHT = 'harness, evidence light'

const { rounds, frames, batch, cpu } = options({ rounds: 9 })

const began = new Date().toISOString()
const machine = thisMachine()
const bare = await BareLoop.start()
const path = await openDevmapPath()
try {
  const runs = await inRounds(
    [
      { what: BARE, run: () => bare.run(frames, batch, cpu) },
      { what: HARNESS, run: () => path.run(frames, batch, cpu, 'none') },
      { what: HARNESS_LIGHT, run: () => path.run(frames, batch, cpu, 'light') },
    ],
    rounds,
    console.log,
  )
  const results = compare(runs, BARE)
  console.log(['', ...resultLines(results)].join('\n'))
  console.log(
    `Kept in ${keep({ schema: 1, benchmark: 'devmap-bare', began, machine, frames, runs, results })}`,
  )
  const ratio = results.find(({ what }) => what === HARNESS)?.ratio?.median ?? 0
  if (ratio < AT_LEAST) {
    console.error(`The harness reaches ${ratio.toFixed(3)} of the bare loop; ${AT_LEAST} is expected.`)
    process.exitCode = 1
  }
} finally {
  await path.close()
  await bare.stop()
}
