/** The end of a qualification on one page: what was compared, the verdict, how sure it is, how to do it again. */
import type { Comparison } from './compare/comparison.ts'
import { comparisonMarkdown } from './compare/comparison-markdown.ts'
import {
  environmentLists,
  functionalLine,
  functionalLists,
  groupTable,
  leftOutLists,
  type List,
  performanceLine,
  rowTable,
  type Table,
} from './compare/sections.ts'
import { shiftText } from './compare/words.ts'
import { escapeHtml, htmlTable } from './html.ts'

export interface Qualification {
  readonly comparison: Comparison
  /** Of the arms, in words. */
  readonly order: string
  /** Trials of each arm in each cell. */
  readonly samples: number
  /** The command line that does it again. */
  readonly repeat: string
  readonly switchedBy?: string
  /** Drawn from the comparison. */
  readonly picture?: string
}

export type Outcome = 'BROKEN' | 'REGRESSED' | 'EQUIVALENT' | 'IMPROVED' | 'INCONCLUSIVE'

/** What is worst decides: a claim that no longer holds outweighs a figure, and a doubt outweighs an improvement. */
export function outcomeOf({ functional, performance }: Comparison): Outcome {
  const verdicts = performance.rows.map(({ judgement }) => judgement.verdict)
  if (functional.broken.length > 0) return 'BROKEN'
  if (verdicts.includes('regressed')) return 'REGRESSED'
  if (verdicts.length === 0 || verdicts.includes('inconclusive')) return 'INCONCLUSIVE'
  return verdicts.includes('improved') ? 'IMPROVED' : 'EQUIVALENT'
}

/** The verdict in a sentence. */
export function verdictSentence(comparison: Comparison): string {
  const { sides, performance, functional, margin } = comparison
  const B = sides.B.name
  const rows = performance.rows.filter(({ judgement }) => judgement.verdict === 'regressed')
  const worst = rows.toSorted((a, b) => (a.shift ?? 0) - (b.shift ?? 0))[0]
  const percent = `${margin * 100} %`
  switch (outcomeOf(comparison)) {
    case 'BROKEN':
      return `${B} breaks what works with ${sides.A.name}: ${functional.broken.length} tests.`
    case 'REGRESSED':
      return `${B} is slower in ${rows.length} of ${performance.rows.length} cells; the largest shift is ${worst ? shiftText(worst) : '?'}.`
    case 'IMPROVED':
      return `${B} is nowhere slower by more than ${percent}, and faster somewhere.`
    case 'EQUIVALENT':
      return `${B} is as fast as ${sides.A.name}, within ${percent}.`
    case 'INCONCLUSIVE':
      return `Nothing is shown to be slower, but not every cell is shown to be within ${percent} either.`
  }
}

export function certificateMarkdown(qualification: Qualification): string {
  const { comparison } = qualification
  return [
    `# ${outcomeOf(comparison)}: ${comparison.sides.B.name} against ${comparison.sides.A.name}`,
    verdictSentence(comparison),
    comparisonMarkdown(comparison).trimEnd(),
    '### How it was done',
    howLines(qualification)
      .map((line) => `- ${line}`)
      .join('\n'),
    '',
  ].join('\n\n')
}

export function certificateHtml(qualification: Qualification): string {
  const { comparison, picture } = qualification
  const { A, B } = comparison.sides
  const outcome = outcomeOf(comparison)
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    `<title>${outcome}: ${escapeHtml(B.name)} against ${escapeHtml(A.name)}</title>`,
    '<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:1.6rem}code{background:#f3f3f3;padding:0 .3em}</style>',
    `<h1>${outcome}: ${escapeHtml(B.name)} against ${escapeHtml(A.name)}</h1>`,
    `<p>${escapeHtml(verdictSentence(comparison))}</p>`,
    ...environmentLists(comparison).map(listHtml),
    '<h2>What works</h2>',
    ...functionalLists(comparison).map(listHtml),
    `<p>${escapeHtml(functionalLine(comparison))}</p>`,
    '<h2>How fast</h2>',
    `<p>${escapeHtml(performanceLine(comparison))}</p>`,
    picture ?? '',
    tableHtml(rowTable(comparison)),
    tableHtml(groupTable(comparison)),
    ...leftOutLists(comparison).map(listHtml),
    '<h2>How it was done</h2>',
    `<ul>${howLines(qualification)
      .map((line) => `<li>${escapeHtml(line)}</li>`)
      .join('')}</ul></html>`,
  ].join('\n')
}

function howLines({ order, samples, switchedBy, repeat, comparison }: Qualification): string[] {
  return [
    `Both were run in turn on one bed: ${order}; ${samples} samples of each in every cell, at the highest load that the generator offers. A sample is a trial, or the fastest of three where the generator shares its machine.`,
    switchedBy === undefined
      ? 'Nothing but the program was switched between them.'
      : `The bed was switched by ${switchedBy}, given the name of the arm.`,
    `The shift is that of Hodges and Lehmann, with an interval of ${comparison.confidence * 100} % from the exact rank test of Mann and Whitney; over all cells, false discoveries are held to ${Math.round((1 - comparison.confidence) * 100)} % (Benjamini and Hochberg).`,
    `A difference within ${comparison.margin * 100} % does not matter.`,
    `Again: ${repeat}`,
  ]
}

const listHtml = ({ title, items }: List): string =>
  `<p>${escapeHtml(title)}:</p><ul>${items.map(({ text, detail }) => `<li>${escapeHtml(detail === undefined ? text : `${text}: ${detail}`)}</li>`).join('')}</ul>`

const tableHtml = ({ columns, rows }: Table): string =>
  rows.length === 0
    ? ''
    : htmlTable(
        columns.map(({ heading }) => heading),
        rows,
      )
