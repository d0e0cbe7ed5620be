/** Two runs on one machine, and what a run says to another program. */
import { expect, jsonLines, test } from './lab-command.ts'
import { compile, DROPS_EVERY_100TH } from './own-program.ts'

const CELL = (mode: string) => ({
  schema: 1,
  suite: 'devmap',
  title: `every linear frame of 64 bytes arrives whole through devmap, ${mode}`,
  cell: { target: 'devmap', frames: 'linear', mode, size: 64 },
  offered: 10_000,
  received: 10_000,
  lost: [],
  unexplained: 0,
  verdict: 'ok',
})

test('two runs at once do not see each other: both count every frame of theirs, and none of the other', async ({
  start,
}) => {
  const runs = [1, 2].map(() => start(['run', 'devmap', '--size', '64', '--json', '--no-report']))
  const outcomes = await Promise.all(runs.map(({ outcome }) => outcome))
  for (const { code, stdout } of outcomes) {
    expect(jsonLines(stdout)).toMatchObject([CELL('native'), CELL('generic')])
    expect(code).toBe(0)
  }
  expect(new Set(runs.map(({ folder }) => folder)).size).toBe(2)
})

test('with --json a loss is one line of JSON too, and standard output holds nothing else', async ({
  lab,
  folder,
}) => {
  const program = await compile(folder, 'drops-every-100th', DROPS_EVERY_100TH)
  const { code, stdout } = await lab([
    ...['run', 'devmap', '--size', '64', '--mode', 'native', '--json', '--no-report', '--evidence', 'light'],
    ...['--program', program],
  ])
  expect(jsonLines(stdout)).toMatchObject([
    {
      ...CELL('native'),
      received: 9_900,
      lost: [{ stage: 'program', reason: 'XDP_DROP', count: 100 }],
      unexplained: 0,
      verdict: 'failed',
      message: expect.stringContaining('100 at program by XDP_DROP') as unknown,
    },
  ])
  expect(code).toBe(1)
})
