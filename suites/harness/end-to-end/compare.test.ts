/** `lab compare` as it is used: by folder, by name, with its exit codes. */
import { join } from 'node:path'
import { comparisonText } from '../../../lab/record/compare/comparison-text.ts'
import type { Comparison } from '../../../lab/record/compare/comparison.ts'
import { type Machine, measure, outcome } from '../record/compare/machines.ts'
import { store, storeBaseline } from '../record/compare/stored.ts'
import { expect, expectReadable, test } from './lab-command.ts'

const SPEED = { 64: 3.4e6, 1518: 2.1e6 }
const SLOWER = { 64: 3.2e6, 1518: 2.1e6 }
const runsOf = (folder: string, name: string, machine: Machine, runs = 6) =>
  store(join(folder, name), measure(name, machine, runs))

test('Nothing regressed: exit code 0, and the table says so', async ({ lab, folder }) => {
  const outcome = await lab([
    'compare',
    runsOf(folder, 'a', { speed: SPEED }),
    runsOf(folder, 'b', { speed: SPEED }),
  ])
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout).toMatch(/2 figures compared at a margin of 1 %: 0 regressed, .*\n$/)
  expect(outcome.code).toBe(0)
})

test('One cell slower: exit code 1, by how much on the terminal, and as JSON and Markdown', async ({
  lab,
  folder,
}) => {
  const sides = [runsOf(folder, 'a', { speed: SPEED }), runsOf(folder, 'b', { speed: SLOWER })]
  const [text, json, markdown] = await Promise.all([
    lab(['compare', ...sides]),
    lab(['compare', ...sides, '--json']),
    lab(['compare', ...sides, '--markdown']),
  ])
  expect([text.code, json.code, markdown.code]).toEqual([1, 1, 1])
  expect(text.stdout).toMatch(/devmap\/linear\/native\/64\/1@local +pdr .* −[56]\.\d % .* regressed$/m)
  const comparison = JSON.parse(json.stdout) as Comparison
  expect(comparison.performance.rows.map(({ judgement }) => judgement.verdict)).toContain('regressed')
  expect(`${comparisonText(comparison)}\n`).toBe(text.stdout)
  expect(markdown.stdout).toMatch(/^\| devmap\/linear\/native\/64\/1@local \| pdr .*\| regressed \|$/m)
})

test('The margin is the user’s: what is 6 % slower does not matter at 10 %', async ({ lab, folder }) => {
  const sides = [runsOf(folder, 'a', { speed: SPEED }), runsOf(folder, 'b', { speed: SLOWER })]
  const outcome = await lab(['compare', ...sides, '--margin', '10%'])
  expect(outcome.stdout).toContain('margin of 10 %: 0 regressed, 0 improved, 2 equivalent')
  expect(outcome.code).toBe(0)
})

test('A test that broke is a regression too, also against a committed baseline', async ({ lab, folder }) => {
  const A = storeBaseline(
    join(folder, 'a.json'),
    measure('a', { speed: {}, cells: [outcome('one', 'ok')] }, 1),
  )
  const B = runsOf(folder, 'b', { speed: {}, cells: [outcome('one', 'failed', { message: 'LOST: 1' })] }, 1)
  const broken = await lab(['compare', A, B])
  expect(broken.stdout).toContain('Passed in A and fail in B: 1 test:\n  devmap › one\n    LOST: 1')
  expect(broken.code).toBe(1)
  expect((await lab(['compare', B, A])).code, 'the other way round it was mended').toBe(0)
})

test('Figures watched at two levels are not compared, and that is no all-clear', async ({ lab, folder }) => {
  const cells = [outcome('one', 'ok')]
  const A = runsOf(folder, 'a', { speed: SPEED, cells })
  const B = runsOf(folder, 'b', { speed: SPEED, cells, environment: { evidence: 'full' } })
  const compared = await lab(['compare', A, B])
  expect(compared.stdout).toContain('evidence: light in A, full in B')
  expect(compared.stderr).toBe('2 figures were not compared: see above in what their beds differ\n')
  expect(compared.code).toBe(2)
})

test('What cannot be compared is refused in one line', async ({ lab, folder }) => {
  const A = runsOf(folder, 'a', { speed: SPEED })
  const B = runsOf(folder, 'b', { speed: { 512: 1e6 } })
  const other = { topology: 'other (0123456789ab)' }
  const elsewhere = runsOf(folder, 'c', { speed: {}, environment: other, cells: [outcome('one', 'ok')] })
  for (const [argv, message] of [
    [
      [A, join(A, 'a-1')],
      `${A}/a-1 is on both sides, ${A} and ${A}/a-1: a run cannot be compared with itself`,
    ],
    [
      [A, B],
      `${A} and ${B} cannot be compared: they have no test and no measurement of the same cell in common`,
    ],
    [[A, elsewhere], `${A} and ${elsewhere} cannot be compared: A is of topology local, B of other`],
    [[A, 'nowhere'], 'there is no run, folder of runs or baseline nowhere'],
    [[A, B, '--margin', '0'], 'A part above 0 and below 100 is expected, as 1% or 0.5%.'],
    [[A, B, '--margin', 'much'], 'A part above 0 and below 100 is expected, as 1% or 0.5%.'],
    [[A], "missing required argument 'candidate'"],
    [[A, B, '--json', '--markdown'], "option '--json' cannot be used with option '--markdown'"],
  ] as const) {
    const refused = await lab(['compare', ...argv])
    expectReadable(refused)
    expect(refused.stderr).toContain(message)
    expect(refused.stdout).toBe('')
    expect(refused.code).toBe(2)
  }
})
