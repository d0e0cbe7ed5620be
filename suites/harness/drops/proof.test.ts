/** Rows of the suite `drops` can fail: without its cause, and with one frame more expected, each is red. */
import { FRAME_KINDS } from '../../../lab/units/frame.ts'
import { expect, test } from '../end-to-end/lab-command.ts'

/** Rows and conditions that there are at the least, so that nothing is proved of an empty table. */
const AT_LEAST = {
  linear: { rows: 130, conditions: 45 },
  'non-linear': { rows: 90, conditions: 30 },
} as const

for (const frames of FRAME_KINDS)
  for (const [disprove, what] of [
    ['causes', 'without its cause'],
    ['counts', 'with one frame more expected'],
  ] as const)
    test(`every row of drops is red ${what}: ${frames} frames`, async ({ start }) => {
      test.setTimeout(180_000)
      const run = start([
        ...['run', 'drops', '--disprove', disprove, '--frames', frames],
        ...['--evidence', 'light', '--no-report', '--json'],
      ])
      const { code, stderr } = await run.outcome
      const rows = run.cells
      const green = rows.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'skipped')
      expect(green.map(({ title, message }) => `${title}: ${message}`)).toEqual([])
      expect(code, stderr).toBe(0)
      const red = rows.filter(({ verdict }) => verdict === 'ok')
      expect(red.length, 'rows that were red').toBeGreaterThanOrEqual(AT_LEAST[frames].rows)
      const conditions = new Set(red.map(({ drop }) => drop?.condition))
      expect(conditions.size, 'conditions').toBeGreaterThanOrEqual(AT_LEAST[frames].conditions)
    })
