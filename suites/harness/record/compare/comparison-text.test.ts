import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { compare } from '../../../../lab/record/compare/comparison.ts'
import { comparisonMarkdown } from '../../../../lab/record/compare/comparison-markdown.ts'
import { comparisonText } from '../../../../lab/record/compare/comparison-text.ts'
import { changeText, valueText } from '../../../../lab/record/compare/words.ts'
import { measure, outcome } from './machines.ts'

const A = measure(
  'old',
  { speed: { 64: 3.4e6, 1518: 2.1e6 }, cells: [outcome('one', 'ok'), outcome('two', 'ok')] },
  10,
)
const B = measure(
  'new',
  {
    speed: { 64: 3.2e6, 1518: 2.1e6 },
    environment: { kernel: '6.19.0' },
    cells: [outcome('one', 'ok'), outcome('two', 'failed', { message: 'LOST: 3 of 1000 | frames' })],
  },
  10,
)
const COMPARISON = compare({ A, B }, 0.01)

test('What broke comes first, then the figures, then a line that sums them up', () => {
  const text = comparisonText(COMPARISON)
  const order = [
    'A  old, 10 runs\nB  new, 10 runs',
    'kernel: 6.18.44 in A, 6.19.0 in B',
    'Passed in A and fail in B: 1 test:\n  devmap › two (10 of 10 times)\n    LOST: 3 of 1000 | frames',
    '1 test ended the same on both sides.',
    'devmap/linear/native/64/1@local',
    'driver  target',
    '2 figures compared at a margin of 1 %: 1 regressed, 0 improved, 1 equivalent, 0 inconclusive.',
  ]
  const places = order.map((part) => text.indexOf(part))
  expect(
    places.filter((place) => place < 0),
    text,
  ).toEqual([])
  expect(places).toEqual(places.toSorted((a, b) => a - b))
})

test('The example in docs/comparing.md is what the command prints of such machines', () => {
  const noise = { spoiled: 0.05 }
  const title = (size: number) => `every linear frame of ${size} bytes arrives whole through devmap, native`
  const message = 'LOST: 3 of 10000 frames did not arrive'
  const older = measure(
    'a',
    {
      ...noise,
      speed: { 64: 3.4e6, 512: 2.9e6, 1518: 2.1e6 },
      cells: [outcome(title(64), 'ok'), outcome(title(1518), 'ok')],
    },
    10,
  )
  const newer = measure(
    'b',
    {
      ...noise,
      speed: { 64: 3.33e6, 512: 2.9e6, 1518: 2.08e6 },
      environment: { kernel: '6.19.2', generator: 'soft 6.19.2' },
      cells: [outcome(title(64), 'ok'), outcome(title(1518), 'failed', { message })],
    },
    10,
  )
  const sides = {
    A: { ...older, name: 'results/linux-6.18' },
    B: { ...newer, name: 'results/linux-6.19' },
  }
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/comparing.md'), 'utf8')
  expect(page).toContain(`\`\`\`text\n${comparisonText(compare(sides, 0.01))}\n\`\`\``)
})

test('Every row lines up with the headings, what regressed on top', () => {
  const sides = { A, B: measure('new', { speed: { 1518: 2.1e6, 64: 3.2e6, 512: 1 } }, 10) }
  const lines = comparisonText(compare(sides, 0.01)).split('\n')
  const at = lines.findIndex((line) => line.startsWith('cell'))
  const [headings, rule, first, second] = lines.slice(at, at + 4) as [string, string, string, string]
  for (const heading of ['A', 'B', 'shift', 'interval', 'runs']) {
    const end = headings.search(new RegExp(` ${heading}( |$)`)) + 1 + heading.length
    for (const row of [first, second]) expect(row.slice(end - 1, end + 2), heading).toMatch(/^\S {2}$/)
  }
  const verdict = headings.indexOf('verdict')
  expect([first, second].map((row) => row.slice(verdict))).toEqual(['regressed', 'equivalent'])
  expect(rule).toHaveLength(headings.length)
  expect(first).toMatch(/ 3\.\d+ Mpps {2}3\.\d+ Mpps {2}−[56]\.\d %\s+−6\.\d to −5\.\d %/)
})

test('In Markdown what a message holds does not become a table', () => {
  const markdown = comparisonMarkdown(COMPARISON)
  expect(markdown).toContain('- devmap › two (10 of 10 times): LOST: 3 of 1000 \\| frames')
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'))
  expect(new Set(rows.map((row) => row.replaceAll('\\|', '').split('|').length - 2))).toEqual(new Set([8, 7]))
  expect(rows[0]).toBe('| cell | quantity | A | B | shift | 95 % interval | runs | verdict |')
  expect(rows[2]).toMatch(/\| regressed \|$/)
})

test('A comparison is plain data: it survives JSON whole', () => {
  const again = JSON.parse(JSON.stringify(COMPARISON)) as typeof COMPARISON
  expect(comparisonText(again)).toBe(comparisonText(COMPARISON))
})

test('What is inconclusive says what would settle it; what was left out is told with its reason', () => {
  const few = measure('few', { speed: { 64: 3.4e6 } }, 2)
  const text = comparisonText(compare({ A: few, B: measure('others', { speed: { 64: 3.2e6 } }, 3) }, 0.01))
  expect(text).toMatch(/ 2, 3 {2}inconclusive, 2 more runs$/m)
  const invalid = measure(
    'invalid',
    { speed: { 64: 1 }, also: { value: null, invalid: 'the generator missed its rate' } },
    2,
  )
  const left = comparisonText(compare({ A: few, B: invalid }, 0.01))
  expect(left).toMatch(/ - +2, 0 {2}inconclusive: no valid measurement on side B$/m)
  expect(left).toContain(
    'Left out, since the measurement was invalid:\n  devmap/linear/native/64/1@local pdr, B: 2 (the generator missed its rate)',
  )
})

test('Runs without figures have no table, runs without tests no line about tests', () => {
  const tests = { speed: {}, cells: [outcome('one', 'ok')] }
  const functional = comparisonText(compare({ A: measure('a', tests, 1), B: measure('b', tests, 1) }, 0.01))
  expect(functional).not.toContain('cell')
  const figures = { speed: { 64: 1e6 } }
  const text = comparisonText(compare({ A: measure('a', figures, 4), B: measure('b', figures, 4) }, 0.01))
  expect(text).not.toContain('test')
})

for (const [share, text] of [
  [-0.0213, '−2.1 %'],
  [0.0213, '+2.1 %'],
  [-0.0004, '±0.0 %'],
  [2, '+200.0 %'],
] as const)
  test(`A change of ${share} is shown as ${text}`, () => {
    expect(changeText(share)).toBe(text)
  })

const { cell } = A.runs[0]!.measurements[0]!
for (const [quantity, value, text] of [
  ['pdr', 3_412_345, '3.412 Mpps'],
  ['mrr', 999_960, '1.000 Mpps'],
  ['mrr', 999_940, '999.9 kpps'],
  ['latency-p99', 12_345, '12.35 us'],
  ['back-to-back', 12_345, '12,345 frames'],
  ['cost-ns', 123.456, '123.5 ns'],
  ['cost-cycles', 412, '412.0 cycles'],
  ['ndr', null, '-'],
] as const)
  test(`A ${quantity} of ${value} is shown as ${text}`, () => {
    expect(valueText({ cell, quantity }, value)).toBe(text)
  })
