/** `lab results`, `lab history` and `lab baseline`, as people use them. */
import { execFile } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { readBaseline } from '../../../lab/record/store/baseline.ts'
import { claim, LOST, whole } from '../record/cells-of-run.ts'
import { CELL, measured, type ResultsFolder, test as inResults } from '../record/store/run-files.ts'

const REPOSITORY = join(import.meta.dirname, '../../..')
const NATIVE = ['devmap', 'linear', 'native'] as const

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const test = inResults.extend<{ lab: (...argv: string[]) => Promise<Outcome> }>({
  lab: async ({ results }, use) =>
    use((...argv) => {
      const given = argv.includes('--results') ? argv : [...argv, '--results', results.path]
      return new Promise((resolve) => {
        const program = join(REPOSITORY, 'lab/cli/lab.mjs')
        const child = execFile(
          process.execPath,
          [program, ...given],
          { cwd: REPOSITORY },
          (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
        )
      })
    }),
})

const lines = ({ stdout }: Outcome) => stdout.trimEnd().split('\n')

function refused({ code, stdout, stderr }: Outcome, says: string): void {
  expect(stderr).toContain(says)
  expect(stderr).not.toMatch(/^\s+at |defect of redirect-lab/m)
  expect([code, stdout]).toEqual([2, ''])
}

function twoRuns(results: ResultsFolder): [string, string] {
  const first = results.add('2026-03-01T02:00', { cells: [whole(NATIVE)], measurements: [measured(8e6)] })
  const second = results.add('2026-03-02T02:00', {
    cells: [{ ...whole(NATIVE), ...LOST }],
    measurements: [measured(7e6, { at: '2026-03-02T02:00:00.000Z' })],
    summary: { passed: 0, failed: 1, skipped: 0 },
  })
  results.latest(second)
  return [first, second]
}

test('A list has a line for each run, and as JSON an object for each', async ({ lab, results }) => {
  const [first, second] = twoRuns(results)
  const third = results.add('2026-03-03T02:00', { environment: {}, summary: null })
  const list = lines(await lab('results', 'list'))
  expect(list.slice(2).map((line) => line.split(/ {2,}/))).toEqual([
    [first, 'local', 'veth', '6.18.44', 'finished', '1 passed, 0 failed', '1'],
    [second, 'local', 'veth', '6.18.44', 'finished', '0 passed, 1 failed', '1'],
    [third, '-', '-', '-', 'being written', '0 cells', '0'],
  ])
  const json = lines(await lab('results', 'list', '--json')).map((line) => JSON.parse(line) as object)
  expect(json).toMatchObject([
    { name: first, began: '2026-03-01T02:00:00Z', state: 'finished', measurements: 1 },
    { name: second },
    { name: third, state: 'being written', summary: null },
  ])
})

test('Without runs every command says so, and what to do', async ({ lab }) => {
  for (const argv of [
    ['results', 'list'],
    ['history', '--all'],
  ])
    expect((await lab(...argv)).stdout).toContain('yet: `lab run` makes one.')
  expect((await lab('baseline', 'list')).stdout).toBe(
    'There are no baselines yet: `lab baseline accept RUN --why "…"` makes one.\n',
  )
  expect((await lab('results', 'prune', '--keep', '1')).stdout).toBe('0 runs, 0 bytes removed\n')
  refused(await lab('results', 'export', '--format', 'csv'), 'has no latest run: `lab run` makes one')
})

test('A run is shown with its bed, its cells and its measurements, by name, path or as the latest', async ({
  lab,
  results,
}) => {
  const [, second] = twoRuns(results)
  const shown = await lab('results', 'show', second)
  expect(shown.stdout).toContain(`${second}: finished, 0 passed, 1 failed`)
  expect(shown.stdout).toContain('driver veth · Linux 6.18.44')
  expect(shown.stdout).toMatch(/^devmap +linear +native +64 +1000 +1 +100 program: XDP_ABORTED/m)
  expect(shown.stdout).toMatch(/^devmap\/linear\/native\/64\/1@local +pdr +7\.00 Mpps/m)
  expect(await lab('results', 'show', 'latest')).toEqual(shown)
  expect(await lab('results', 'show', join(results.path, second))).toEqual(shown)
  refused(await lab('results', 'show', 'gone'), '/gone; `lab results list` shows those that there are')
})

test('What could not be read is told on standard error, and standard output stays what it was', async ({
  lab,
  results,
}) => {
  const [first] = twoRuns(results)
  const before = await lab('history', '--all')
  appendFileSync(join(results.path, first, 'measurements.jsonl'), '{"schema":1,"at"')
  appendFileSync(join(results.path, first, 'cells.jsonl'), '{"schema":2}\n{"schema":2}\n')
  const after = await lab('history', '--all')
  expect(after.stdout).toBe(before.stdout)
  expect(after.code).toBe(0)
  expect(after.stderr.trimEnd().split('\n')).toEqual([
    `${join(results.path, first, 'cells.jsonl')}: 2 lines are written by a newer version of redirect-lab, and left out`,
    `${join(results.path, first, 'measurements.jsonl')}: 1 line is damaged or cut short, and left out`,
  ])
})

test('A history has a line for each cell, with gaps and the reason of the last one', async ({
  lab,
  results,
}) => {
  results.nights([8e6, null, 8.1e6, 7.2e6])
  results.add('2026-03-09T02:00', {
    measurements: [
      measured(5e6, { cell: { ...CELL, target: 'cpumap' } }),
      measured(null, { cell: { ...CELL, size: 128 }, invalid: 'the generator fell short by 3 %' }),
    ],
  })
  const { stdout } = await lab('history', 'devmap')
  expect(stdout).toMatch(
    /^devmap\/linear\/native\/64\/1@local +pdr +[▁-█]·[▁-█]{2} +7\.20 Mpps +8\.05 Mpps +-10\.6 % +7\.20 Mpps to 8\.10 Mpps +3 of 4$/m,
  )
  expect(stdout).toMatch(/^devmap\/linear\/native\/128\/1@local +pdr +· +invalid +- +- +- +0 of 1$/m)
  expect(stdout).toContain('invalid: devmap/linear/native/128/1@local: the generator fell short by 3 %')
  expect(stdout).not.toContain('cpumap')
  expect((await lab('history', '--all')).stdout).toContain('cpumap/linear/native/64/1@local')
  expect((await lab('history', 'devmap/linear/native/64', '--last', '2')).stdout).toContain('-11.1 %')
  expect((await lab('history', 'xskmap')).stdout).toContain(
    'There are no measurements of xskmap; there are of devmap/linear/native/64/1@local, devmap/linear/native/128/1@local, cpumap',
  )
  expect((await lab('history', '--all', '--quantity', 'mrr')).stdout).toContain('no measurements of mrr;')
})

test('A history is drawn as a chart, and those of several cells as a page', async ({ lab, results }) => {
  results.nights([8e6, null, 8.1e6])
  results.add('2026-03-09T02:00', { measurements: [measured(5e6, { cell: { ...CELL, size: 128 } })] })
  const [svg, html] = [join(results.path, 'one.svg'), join(results.path, 'all.html')]
  const one = await lab('history', 'devmap/linear/native/64', '--svg', svg)
  expect(one.stdout).toContain(`Charts: ${svg}`)
  expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*devmap\/linear\/native\/64\/1@local/s)
  await lab('history', '--all', '--html', html)
  const page = readFileSync(html, 'utf8')
  expect(page).toMatch(/^<!doctype html>/)
  expect(page.match(/<svg /g)).toHaveLength(2)
  refused(
    await lab('history', '--all', '--svg', svg),
    '--svg is one chart, and 2 are asked for: name one cell with its --quantity, or take --html',
  )
  refused(
    await lab('history', '--all', '--html', join(results.path, 'nowhere/all.html')),
    'nowhere/all.html cannot be written (ENOENT)',
  )
})

test('A history says which tests changed, those that changed last first, and not that the lab broke', async ({
  lab,
  results,
}) => {
  const [steady, once, now] = ['steady', 'once', 'now'].map((title) => claim(NATIVE, title)) as [
    ReturnType<typeof claim>,
    ReturnType<typeof claim>,
    ReturnType<typeof claim>,
  ]
  const failed = { verdict: 'failed' } as const
  results.add('2026-03-01T02:00', { cells: [steady, { ...once, ...failed }, now] })
  results.add('2026-03-02T02:00', { cells: [{ ...steady, verdict: 'infra' }, once, now] })
  results.add('2026-03-03T02:00', { cells: [steady, once, { ...now, ...failed }] })
  const { stdout } = await lab('history', 'devmap')
  const [, changed = ''] = stdout.split('Tests that did not always end alike')
  expect(changed.match(/^devmap.*$/gm)?.map((line) => line.split(/ {2,}/).slice(2))).toEqual([
    ['✓✓✗', now.title],
    ['✗✓✓', once.title],
  ])
  expect((await lab('history', 'cpumap')).stdout).not.toContain('did not always')
})

for (const [what, argv, says] of [
  ['no cell', ['history'], 'name a cell, as devmap/linear/native/64'],
  ['a cell and all of them', ['history', 'devmap', '--all'], 'not both'],
  ['a target that there is none of', ['history', 'devmop'], 'did you mean "devmap"?'],
  ['a quantity that there is none of', ['history', '--all', '--quantity', 'pps'], 'Allowed choices are ndr'],
  ['no runs to go', ['results', 'prune'], 'say which runs may go'],
  [
    'two ways to choose them',
    ['results', 'prune', '--keep', '1', '--older-than', '1d'],
    'cannot be used with',
  ],
  [
    'an age without unit',
    ['results', 'prune', '--older-than', '90'],
    'An age like 90d, 12w or 36h is expected.',
  ],
  ['nothing to keep', ['results', 'prune', '--keep', '0'], 'A whole number from 1 on is expected.'],
  ['no format', ['results', 'export'], "required option '--format <format>' not specified"],
  ['no reason', ['baseline', 'accept', 'latest'], "required option '--why <text>' not specified"],
] as const)
  test(`Asking for ${what} is refused with a message that helps`, async ({ lab }) => {
    refused(await lab(...argv), says)
  })

test('Pruning says what goes and how much room that makes; a dry run removes nothing', async ({
  lab,
  results,
}) => {
  const [first, second] = twoRuns(results)
  const dry = lines(await lab('results', 'prune', '--keep', '1', '--dry-run'))
  expect(dry).toEqual([
    expect.stringMatching(new RegExp(`^would go ${first}: \\d+\\.\\d KiB$`)),
    expect.stringMatching(/^1 run, \d+\.\d KiB would go; nothing was removed$/),
  ])
  expect(existsSync(join(results.path, first))).toBe(true)
  const done = lines(await lab('results', 'prune', '--older-than', '1d'))
  expect(done).toEqual([
    `stays    ${second}: it is the latest`,
    expect.stringMatching(new RegExp(`^removed  ${first}: `)),
    expect.stringMatching(/^1 run, .* removed$/),
  ])
  expect(readdirSync(results.path).sort()).toEqual([second, 'latest'])
})

for (const [format, begins] of [
  ['csv', 'kind,run,at,driver,kernel,topology,'],
  ['json', '[\n {\n  "name": "2026-03-01T02'],
  ['junit', '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="4" failures="1"'],
  ['ktap', 'KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n'],
] as const)
  test(`Runs are exported as ${format}, alone on standard output`, async ({ lab, results }) => {
    const names = twoRuns(results)
    const { code, stdout, stderr } = await lab('results', 'export', ...names, '--format', format)
    expect(stdout.slice(0, begins.length)).toBe(begins)
    expect([code, stderr]).toEqual([0, ''])
  })

test('The latest run is exported when none is named', async ({ lab, results }) => {
  const [first, second] = twoRuns(results)
  const { stdout } = await lab('results', 'export', '--format', 'csv')
  expect(stdout).toContain(second)
  expect(stdout).not.toContain(first)
})

test('A baseline is accepted with who and why, named like its topology, listed, shown and replaced', async ({
  lab,
  results,
}) => {
  const [first] = twoRuns(results)
  const accepted = await lab('baseline', 'accept', first, '--why', ' kernel 6.18 as released ')
  const file = join(results.path, 'baselines/local.json')
  expect(accepted.stdout).toContain(`Baseline local: 1 test and 1 measurement of ${first}, accepted by `)
  expect(accepted.stdout).toContain(`Review and commit it: ${file}`)
  const baseline = readBaseline(file)
  expect(baseline.accepted).toMatchObject({ why: 'kernel 6.18 as released' })
  expect(baseline.accepted.by).not.toBe('')
  expect(Math.abs(Date.parse(baseline.accepted.at) - Date.now())).toBeLessThan(60_000)

  const again = await lab('baseline', 'accept', 'latest', '--name', 'local', '--why', 'slower, as expected')
  expect(again.stdout).toContain('1 of its tests did not pass: they are accepted as they are.')
  expect(again.stdout).toContain(`It takes the place of the one of ${first}, accepted by `)
  expect((await lab('baseline', 'list')).stdout).toMatch(
    /^local .* 1 test and 1 measurement +slower, as expected$/m,
  )
  const shown = (await lab('baseline', 'show', 'local')).stdout
  expect(shown).toContain('slower, as expected')
  expect(shown).toMatch(/^devmap +failed +every linear frame .* LOST: 999 of 1000 frames did not arrive$/m)
  expect(shown).toMatch(/7\.00 Mpps/)
})

test('What cannot be a baseline is refused, and no file is written', async ({ lab, results }) => {
  const [first] = twoRuns(results)
  const nowhere = results.add('2026-03-03T02:00', { cells: [whole(NATIVE)], environment: {} })
  const empty = results.add('2026-03-04T02:00', {})
  const underWay = results.add('2026-03-05T02:00', { cells: [whole(NATIVE)], summary: null })
  const accept = (run: string, ...more: string[]) => lab('baseline', 'accept', run, '--why', 'x', ...more)
  refused(await lab('baseline', 'accept', first, '--why', ' '), 'say why this run is what is expected')
  refused(await accept('gone'), 'there is no run')
  refused(await accept(nowhere), 'does not say its topology, whose name the baseline would have')
  refused(await accept(empty), 'has neither tests nor measurements')
  refused(await accept(underWay), 'is being written: wait for its end')
  refused(await accept(first, '--name', '../x'), 'made of letters, digits, dots, hyphens and underscores')
  refused(await lab('baseline', 'show', 'x'), 'there is no baseline')
  expect(existsSync(join(results.path, 'baselines'))).toBe(false)
})

test('A damaged baseline is named, and the others are listed', async ({ lab, results }) => {
  const [first] = twoRuns(results)
  await lab('baseline', 'accept', first, '--why', 'x')
  results.write(
    'baselines/broken.json',
    readFileSync(join(results.path, 'baselines/local.json'), 'utf8').slice(9),
  )
  const { stdout, stderr, code } = await lab('baseline', 'list')
  expect(stderr).toMatch(/broken\.json is no baseline: /)
  expect(stdout).toMatch(/^local /m)
  expect(code).toBe(0)
})
