/** Rows of the suite `drops` can fail: without its cause, and with one frame more expected, each is red. */
import { expect, test } from '../end-to-end/lab-command.ts'

/** A fair sample each, for time: together they have every condition and both modes. */
for (const [disprove, what, sample] of [
  ['causes', 'without its cause', ['--mode', 'native', '--frames', 'linear']],
  ['counts', 'with one frame more expected', ['--mode', 'generic', '--frames', 'linear']],
] as const)
  test(`every row of drops is red ${what}: ${sample.join(' ')}`, async ({ start }) => {
    const run = start([
      ...['run', 'drops', '--disprove', disprove, ...sample],
      ...['--evidence', 'light', '--no-report', '--json'],
    ])
    const { code, stderr } = await run.outcome
    const rows = run.cells
    const green = rows.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'skipped')
    expect(green.map(({ title, message }) => `${title}: ${message}`)).toEqual([])
    expect(code, stderr).toBe(0)
    expect(rows.filter(({ verdict }) => verdict === 'ok').length, 'rows that were red').toBeGreaterThan(60)
    expect(new Set(rows.map(({ drop }) => drop?.condition)).size, 'conditions').toBeGreaterThan(40)
  })
