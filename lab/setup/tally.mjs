/**
 * How many tests ran, read from what a check left behind. A check that broke before or while counting is one failed
 * test more, so that nothing red adds up to green.
 */

import { readFileSync, statSync } from 'node:fs'

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
/** @typedef {{ code: number, output: string, since: number }} Outcome `since`: when it started, in ms as Date.now() */

/** A file system's clock ticks up to 10 ms (CONFIG_HZ=100) behind Date.now(). */
const CLOCK_TICK = 10

/** A check that is one test. @param {Outcome} outcome @returns {Tally} */
export const single = ({ code }) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 })

/** TAP version 12 to 14, top level only: subtests are indented. @param {Outcome} outcome @returns {Tally} */
export function tap({ code, output }) {
  const tally = { passed: 0, failed: 0, skipped: 0 }
  for (const [, not, directive] of output.matchAll(/^(not )?ok\b[^#\n]*(?:#\s*(skip|todo)\b)?/gim))
    if (/skip/i.test(directive)) tally.skipped += 1
    else if (not && !/todo/i.test(directive)) tally.failed += 1
    else tally.passed += 1
  const plan = /^1\.\.(\d+)/m.exec(output)
  const complete =
    plan !== null &&
    Number(plan[1]) === tally.passed + tally.failed + tally.skipped &&
    !/^Bail out!/m.test(output)
  return settled(tally, complete && code === 0)
}

/**
 * Playwright's JSON report. A flaky test passed on a second try.
 *
 * @param {string} report
 * @returns {(outcome: Outcome) => Tally}
 */
export const playwright =
  (report) =>
  ({ code, since }) => {
    const { stats, errors } = fresh(report, since) || {}
    if (!stats) return settled({ passed: 0, failed: 0, skipped: 0 }, false)
    const tally = { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }
    return settled(tally, code === 0 && !(errors && errors.length > 0))
  }

/**
 * The summary that `lab run` writes.
 *
 * @param {string} summary
 * @returns {(outcome: Outcome) => Tally}
 */
export const labRun =
  (summary) =>
  ({ code, since }) => {
    const { passed = 0, failed = 0, skipped = 0, ...rest } = fresh(summary, since) || { missing: true }
    return settled({ passed, failed, skipped }, code === 0 && !('missing' in rest))
  }

/** `3 passed, 0 failed`, and what was skipped if anything was. @param {Tally} tally */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`

/** @param {readonly Tally[]} tallies @returns {Tally} */
export const total = (tallies) =>
  tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  )

/**
 * A check that ran nothing proved nothing, and one that ended badly with no test to blame is to blame itself.
 *
 * @param {Tally} tally
 * @param {boolean} endedWell
 * @returns {Tally}
 */
function settled(tally, endedWell) {
  const ran = tally.passed + tally.failed > 0
  return tally.failed > 0 || (endedWell && ran) ? tally : { ...tally, failed: 1 }
}

/** Parsed content of a JSON file written since; an older one is some earlier run's. @param {string} path @param {number} since */
function fresh(path, since) {
  try {
    return statSync(path).mtimeMs >= since - CLOCK_TICK ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  } catch {
    return undefined
  }
}
