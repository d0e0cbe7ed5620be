/**
 * How long a results folder of years takes to answer: it is made anew, 10,000 runs of 200 cells when not told
 * otherwise (1 GB, which goes away at the end), and asked by the `lab` command as people ask it.
 *
 *     npm run bench:results [-- --runs 10000 --cells 200]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readRun } from '../lab/record/store/read-run.ts'
import { writeManyRuns } from './many-runs.ts'

const AT_MOST_S = 2
const LAB = fileURLToPath(new URL('../lab/cli/lab.mjs', import.meta.url))

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000' }, cells: { type: 'string', default: '200' } },
})
const [runs, cells] = [Number(values.runs), Number(values.cells)]
const results = mkdtempSync(join(tmpdir(), 'redirect-lab-results-'))
try {
  const [written, names] = timed(() => writeManyRuns(results, { runs, cells }))
  console.log(`written   ${seconds(written)}  ${runs} runs of ${cells} cells`)
  say('the first time, which reads all runs', ['history', 'devmap/linear/native/64'])
  const answers = [
    say('one cell', ['history', 'devmap/linear/native/64']),
    say('one cell, all of its measurements', ['history', 'devmap/linear/native/64', '--last', String(runs)]),
    say('all cells', ['history', '--all']),
    say('the list of runs', ['results', 'list']),
  ]
  const [read] = timed(() => names.slice(-2).map((name) => readRun(join(results, name))))
  console.log(`reading   ${seconds(read)}  two runs, to compare them`)
  console.log(`load of the last minute ${loadavg()[0]!.toFixed(1)}, on ${cpus().length} CPUs`)
  if (Math.max(...answers, read) > AT_MOST_S) {
    console.error(`At most ${AT_MOST_S} s of the processor are expected.`)
    process.exitCode = 1
  }
} finally {
  rmSync(results, { recursive: true, force: true })
}

/** @returns seconds of the processor: those of the clock are the neighbours' too. */
function say(what: string, argv: readonly string[]): number {
  const command = [process.execPath, LAB, ...argv, '--results', results]
  // The second line of `times` is of the shell's children: user and system, as 0m1.234s.
  const [clock, times] = timed(() =>
    execFileSync('sh', ['-c', '"$@" > /dev/null; times', 'sh', ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  const [, ofChildren = ''] = times.split('\n')
  const processor = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
    0,
  )
  console.log(
    `answered  ${seconds(clock)}  ${seconds(processor)} of the processor  lab ${argv.join(' ')}: ${what}`,
  )
  return processor
}

/** In seconds. */
function timed<T>(act: () => T): [number, T] {
  const began = performance.now()
  const result = act()
  return [(performance.now() - began) / 1000, result]
}

function seconds(time: number): string {
  return `${time.toFixed(2).padStart(6)} s`
}
