import { defineConfig } from '@playwright/test'
import { CATEGORIES } from './fixtures/categories.ts'
import { runOptions } from './lab/cli/run-options.ts'

const OVERLOAD = '**/*.overload.test.ts'
const FIRST = 'throughput.spec.ts'
const run = runOptions()

// `lab run` holds the other end of standard input: with its end, however it comes, this run ends too.
if (run && process.env['TEST_WORKER_INDEX'] === undefined) {
  process.stdin.resume()
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'))
  process.stdin.unref()
}

export default defineConfig({
  outputDir: run ? `${run.folder}/files` : 'results/files',
  // A test bed is one thing: its cells follow one another.
  workers: run ? 1 : 2,
  timeout: 60_000,
  reporter: run
    ? [
        ['./fixtures/reporter.ts'],
        [
          'allure-playwright',
          { resultsDir: `${run.folder}/allure-results`, categories: CATEGORIES, detail: false },
        ],
      ]
    : 'line',
  projects: [
    { name: 'harness', testDir: 'suites/harness', testMatch: '**/*.test.ts', testIgnore: OVERLOAD },
    // Tests of benchmarks: real-time threads at their maximum leave no CPU to whatever runs beside them.
    { name: 'overload', testDir: 'suites/harness', testMatch: OVERLOAD, workers: 1 },
    // One project for the user. Of two that share a name the first goes first: others begin at the PDR it finds.
    { name: 'lab', testDir: 'suites', testMatch: FIRST },
    { name: 'lab', testDir: 'suites', testMatch: '*.spec.ts', testIgnore: FIRST },
  ],
})
