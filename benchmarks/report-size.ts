/**
 * How long the report of a night with thousands of cells takes, and how much memory: the tests of a real run are
 * multiplied, each with attachments of its own, and rendered as `lab report` does it.
 *
 *     sudo npm run bench:report [-- --cells 5000 --run RUN]
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { renderReport } from '../lab/record/report.ts'
import { latestRunFolder, RESULTS, runFolder } from '../lab/record/run-folder.ts'
import { multiplyResults } from './many-cells.ts'
import { MemoryOfFamily } from './memory-of-family.ts'

const AT_MOST = { seconds: 30, bytes: 2 ** 30 }
const LAB = fileURLToPath(new URL('../lab/cli/lab.mjs', import.meta.url))

const { values } = parseArgs({
  options: { cells: { type: 'string', default: '5000' }, run: { type: 'string' } },
})
const from = values.run === undefined ? oneRun() : runFolder(join(RESULTS, values.run))
if (!existsSync(from.allureResults)) {
  console.error(`${from.path} holds no run: name another by --run, or leave it out`)
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-report-'))
try {
  const to = runFolder(folder)
  const { results, files } = multiplyResults(from, to, Number(values.cells))
  console.log(`${results} cells with ${files} attachments, of ${from.path}`)
  const memory = new MemoryOfFamily()
  const began = performance.now()
  const page = await renderReport(to, join(folder, 'history'))
  const seconds = (performance.now() - began) / 1000
  const bytes = memory.stop()
  console.log(
    `rendered in ${seconds.toFixed(1)} s, ${mib(bytes)} MiB at the most, a page of ${mib(statSync(page).size)} MiB`,
  )
  console.log(`load of the last minute ${loadavg()[0]!.toFixed(1)}, on ${cpus().length} CPUs`)
  if (seconds > AT_MOST.seconds || bytes > AT_MOST.bytes) {
    console.error(`At most ${AT_MOST.seconds} s and ${mib(AT_MOST.bytes)} MiB are expected.`)
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function oneRun() {
  execFileSync(process.execPath, [LAB, 'run', 'devmap', '--no-report'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return latestRunFolder()
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
