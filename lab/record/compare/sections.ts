/** What a comparison has to say, as lists and tables that a terminal and Markdown both show. */
import type { Column } from '../text-table.ts'
import type { Comparison } from './comparison.ts'
import type { FactDifference, FactWithin } from './environments.ts'
import type { TestDifference, TestOnSide } from './functional.ts'
import type { Group } from './groups.ts'
import type { Row } from './performance.ts'
import {
  cellText,
  changeText,
  counted,
  intervalText,
  quantityName,
  shiftText,
  valueText,
  verdictText,
} from './words.ts'

export interface List {
  readonly title: string
  readonly items: readonly { readonly text: string; readonly detail?: string | undefined }[]
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly string[])[]
}

/** Only lists that hold something. */
export function environmentLists({ environments }: Comparison): List[] {
  const { forbidding, between, within, unmatched } = environments
  const beds = new Set([...forbidding, ...between, ...within].map(({ bed }) => bed)).size
  const named = (bed: string, text: string) => (beds > 1 ? `${bed}: ${text}` : text)
  const differing = ({ bed, fact, A, B }: FactDifference) => ({
    text: named(bed, `${fact}: ${A.join(' and ')} in A, ${B.join(' and ')} in B`),
  })
  const varying = ({ side, bed, fact, values }: FactWithin) => ({
    text: named(
      bed,
      `${fact} in ${side}: ${values.map(({ value, runs }) => `${value} (${counted(runs, 'run')})`).join(', ')}`,
    ),
  })
  const alone = (['A', 'B'] as const).flatMap((side) =>
    unmatched[side].map((bed) => ({ text: `${bed}, only in ${side}` })),
  )
  return filled([
    {
      title: 'Figures of these beds are not compared, since they were measured by other means',
      items: forbidding.map(differing),
    },
    { title: 'Beds that cannot be compared', items: alone },
    { title: 'What differs between A and B', items: between.map(differing) },
    {
      title: 'What is not the same in all runs of a side',
      items: within.map(varying),
    },
  ])
}

export function functionalLists({ functional }: Comparison): List[] {
  const list = (
    title: string,
    differences: readonly TestDifference[],
    more: (one: TestDifference) => string,
  ) => ({
    title: `${title}: ${counted(differences.length, 'test')}`,
    items: differences.map((one) => ({
      text: `${one.suite} › ${one.title}${more(one)}`,
      detail: one.B.message ?? one.A.message,
    })),
  })
  const states = ({ A, B }: TestDifference) => `: ${stateText(A)} in A, ${stateText(B)} in B`
  return filled([
    list('Passed in A and fail in B', functional.broken, ({ B }) => often(B)),
    list('Failed in A and pass in B', functional.mended, ({ A }) => often(A)),
    list('Fail on both sides, but not always', functional.unsteady, states),
    list('Skipped on one side only', functional.skips, states),
    list(
      'Work on both sides, but not all that is refused is the same',
      functional.refusals,
      (one) => `: ${refusedText(one)}`,
    ),
    list('Nothing can be said, since the lab broke', functional.unsaid, states),
  ])
}

const often = ({ failed, ran }: TestOnSide): string => (ran > 1 ? ` (${failed} of ${ran} times)` : '')

const stateText = (test: TestOnSide): string =>
  test.state === 'sometimes' ? `failed ${test.failed} of ${test.ran} times` : test.state

const refusedText = ({ A, B }: TestDifference): string =>
  `${A.refused ?? 'nothing'} in A, ${B.refused ?? 'nothing'} in B`

export function functionalLine({ functional }: Comparison): string {
  const { same, unmatched } = functional
  const alone = (['A', 'B'] as const)
    .filter((side) => unmatched[side] > 0)
    .map((side) => `, ${unmatched[side].toLocaleString('en-US')} only in ${side}`)
  return `${counted(same, 'test')} ended the same on both sides${alone.join('')}.`
}

export function rowTable({ performance, confidence }: Comparison): Table {
  return {
    columns: [
      { heading: 'cell' },
      { heading: 'quantity' },
      { heading: 'A', right: true },
      { heading: 'B', right: true },
      { heading: 'shift', right: true },
      { heading: `${confidence * 100} % interval`, right: true },
      { heading: 'runs', right: true },
      { heading: 'verdict' },
    ],
    rows: performance.rows
      .toSorted(byUrgency)
      .map((row) => [
        cellText(row),
        quantityName(row),
        valueText(row, row.A.median),
        valueText(row, row.B.median),
        shiftText(row),
        intervalText(row),
        `${row.A.n}, ${row.B.n}`,
        verdictText(row.judgement),
      ]),
  }
}

/** What somebody must look at first; cells that are alike stay in the order of the runs. */
const URGENCY = ['regressed', 'inconclusive', 'improved', 'equivalent', 'shown']

const byUrgency = (one: Row, other: Row): number =>
  URGENCY.indexOf(one.judgement.verdict) - URGENCY.indexOf(other.judgement.verdict)

export function groupTable({ groups }: Comparison): Table {
  const driver = ({ drivers: { A, B } }: Group) => (A === B ? A : `${A} → ${B}`)
  return {
    columns: [
      { heading: 'driver' },
      { heading: 'target' },
      { heading: 'quantity' },
      { heading: 'cells', right: true },
      { heading: 'mean shift', right: true },
      { heading: 'regressed', right: true },
      { heading: 'improved', right: true },
    ],
    rows: groups.map((group) => [
      driver(group),
      group.target,
      group.quantity,
      String(group.cells),
      group.ratio === null ? '-' : changeText(group.ratio - 1),
      String(group.regressed),
      String(group.improved),
    ]),
  }
}

/** What did not enter the figures above. */
export function leftOutLists({ performance: { rows, unmatched } }: Comparison): List[] {
  const perRow = (of: (row: Row, side: 'A' | 'B') => string | undefined) =>
    rows.flatMap((row) =>
      (['A', 'B'] as const).flatMap((side) => {
        const text = of(row, side)
        return text === undefined ? [] : [{ text: `${cellText(row)} ${quantityName(row)}, ${side}: ${text}` }]
      }),
    )
  const only = (['A', 'B'] as const).flatMap((side) =>
    unmatched[side].map((row) => ({ text: `${cellText(row)} ${quantityName(row)}, only in ${side}` })),
  )
  return filled([
    {
      title: 'Left out, since the measurement was invalid',
      items: perRow((row, side) => {
        const { invalid } = row[side]
        return invalid.length === 0 ? undefined : `${invalid.length} (${[...new Set(invalid)].join('; ')})`
      }),
    },
    {
      title: 'Set aside, since they lie far from all others of their side',
      items: perRow((row, side) => {
        const { spoiled } = row[side]
        return spoiled.length === 0 ? undefined : spoiled.map((value) => valueText(row, value)).join(' and ')
      }),
    },
    { title: 'Measured on one side only', items: only },
  ])
}

export function performanceLine({ performance: { rows }, margin }: Comparison): string {
  const having = (verdict: string) => rows.filter(({ judgement }) => judgement.verdict === verdict).length
  const verdicts = (['regressed', 'improved', 'equivalent', 'inconclusive'] as const)
    .map((verdict) => `${having(verdict).toLocaleString('en-US')} ${verdict}`)
    .join(', ')
  return `${counted(rows.length - having('shown'), 'figure')} compared at a margin of ${Number((margin * 100).toPrecision(3))} %: ${verdicts}.`
}

const filled = (lists: readonly List[]): List[] => lists.filter(({ items }) => items.length > 0)
