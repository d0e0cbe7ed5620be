import { expect, test } from '@playwright/test'
import {
  certificateHtml,
  certificateMarkdown,
  outcomeOf,
  verdictSentence,
} from '../../../lab/record/certificate.ts'
import { compare } from '../../../lab/record/compare/comparison.ts'
import { type Machine, measure, outcome } from './compare/machines.ts'

const FAST = { 64: 3.4e6, 1518: 2.1e6 }
const comparisonOf = (a: Machine, b: Machine, runs = 10) =>
  compare({ A: measure('old <1>', a, runs), B: measure('new', b, runs) }, 0.01)

test('The worst of all cells is the outcome, and a broken test outweighs them', () => {
  expect(outcomeOf(comparisonOf({ speed: FAST }, { speed: FAST }))).toBe('EQUIVALENT')
  expect(outcomeOf(comparisonOf({ speed: FAST }, { speed: { 64: 3.2e6, 1518: 2.3e6 } }))).toBe('REGRESSED')
  expect(outcomeOf(comparisonOf({ speed: FAST }, { speed: { 64: 3.4e6, 1518: 2.3e6 } }))).toBe('IMPROVED')
  const cells = (verdict: 'ok' | 'failed') => [outcome('one', verdict)]
  const broken = comparisonOf(
    { speed: FAST, cells: cells('ok') },
    { speed: { 64: 3.6e6, 1518: 2.3e6 }, cells: cells('failed') },
  )
  expect(outcomeOf(broken)).toBe('BROKEN')
})

test('Too few trials, or none that can be compared, are inconclusive and no good news', () => {
  expect(outcomeOf(comparisonOf({ speed: FAST }, { speed: FAST }, 2))).toBe('INCONCLUSIVE')
  expect(outcomeOf(comparisonOf({ speed: { 64: 1e6 } }, { speed: { 1518: 1e6 } }))).toBe('INCONCLUSIVE')
})

test('The sentence names the cell that lost most', () => {
  const comparison = comparisonOf({ speed: FAST }, { speed: { 64: 3.2e6, 1518: 1.6e6 } })
  expect(verdictSentence(comparison)).toMatch(
    /^new is slower in 2 of 2 cells; the largest shift is −2[34]\.\d %\.$/,
  )
})

test('Both forms say outcome, figures and how to do it again; a name is no markup', () => {
  const qualification = {
    comparison: comparisonOf({ speed: FAST }, { speed: { 64: 3.2e6, 1518: 2.1e6 } }),
    order: 'A B B A',
    samples: 10,
    repeat: 'npx lab qualify',
    switchedBy: './boot.sh',
  }
  for (const page of [certificateMarkdown(qualification), certificateHtml(qualification)])
    for (const part of ['REGRESSED: new against', 'regressed', 'A B B A', './boot.sh', 'npx lab qualify'])
      expect(page).toContain(part)
  expect(certificateHtml(qualification)).toContain('old &lt;1&gt;')
  expect(certificateHtml(qualification)).not.toContain('old <1>')
})
