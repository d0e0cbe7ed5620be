/** How figures moved from one side to the other, cell by cell, with a verdict for each. */
import { adjustedForMany } from '../../stats/benjamini-hochberg.ts'
import { mannWhitney, smallestP } from '../../stats/mann-whitney.ts'
import { median } from '../../stats/median.ts'
import { shiftOf } from '../../stats/shift.ts'
import { sortOutSpoiled } from '../../stats/spoiled.ts'
import { type Quantity, QUANTITIES } from '../measurement.ts'
import { type RowName, type Samples, samplesOf } from './samples.ts'
import { bothSides, type Side, type Sides } from './side.ts'
import { CONFIDENCE, type Evidence, inconclusive, judge, type Judgement } from './verdict.ts'

export interface SideFigures {
  /** Values that entered. */
  readonly n: number
  /** In the unit of the quantity; null without values. */
  readonly median: number | null
  /** The middle of each block, where values came several to a run; empty where each came alone. */
  readonly blocks: readonly number[]
  /** Values set aside since they lie far from all others of their side. */
  readonly spoiled: readonly number[]
  /** Why measurements say nothing of the DUT and never entered, one each. */
  readonly invalid: readonly string[]
  /** Values that are a lower bound only: the generator or the line ended before the DUT. */
  readonly atCeiling: number
  /** Values of which the load was hardly more than the DUT takes. */
  readonly hardlyLoaded: number
}

/** NDR lies on the grid of its search, and its ties make no test: it is shown. */
export type RowJudgement = Judgement | { readonly verdict: 'shown' }

export interface Row extends RowName, Sides<SideFigures> {
  readonly drivers: Sides<readonly string[]>
  /** Of B against A, as a share of A's median; null without values on both sides. */
  readonly shift: number | null
  /** Interval of the shift; null with too few values. */
  readonly lower: number | null
  readonly upper: number | null
  /** Two-sided exact Mann-Whitney, and adjusted for all cells of the quantity; null when it was not tested. */
  readonly p: number | null
  readonly adjustedP: number | null
  /** Parameters by which it was measured in another way on each side: then there is no verdict. */
  readonly methods: readonly MethodDifference[]
  readonly judgement: RowJudgement
}

export interface MethodDifference extends Sides<string> {
  readonly parameter: string
}

export interface Performance {
  readonly rows: readonly Row[]
  /** Rows that only one side has. */
  readonly unmatched: Sides<readonly RowName[]>
  /** Rows that both sides have, of beds that forbid a comparison. */
  readonly forbidden: number
}

const SHOWN: ReadonlySet<Quantity> = new Set(['ndr'])

/** Value of a spoiled run: at least this many margins from the middle of its side. */
const SPOILED_MARGINS = 2

/**
 * @param margin share of the baseline that does not matter
 * @param comparable whether figures of a bed may be compared
 */
export function performanceOf(
  sides: Sides<Side>,
  margin: number,
  comparable: (bed: string) => boolean,
): Performance {
  const samples = bothSides(sides, samplesOf)
  const pairs = [...samples.A].flatMap(([key, A]) => {
    const B = samples.B.get(key)
    return B ? [{ A, B }] : []
  })
  const allowed = pairs.filter(({ A }) => comparable(A.cell.topology))
  const rows = allowed.map((pair) => measured(pair, margin))
  const only = (on: keyof Sides<unknown>, notOn: keyof Sides<unknown>) =>
    [...samples[on]]
      .filter(([key]) => !samples[notOn].has(key))
      .map(([, { cell, quantity, atLoad }]) => ({ cell, quantity, atLoad }))
  return {
    rows: judgedTogether(rows, margin),
    unmatched: { A: only('A', 'B'), B: only('B', 'A') },
    forbidden: pairs.length - allowed.length,
  }
}

type Measured = Omit<Row, 'adjustedP' | 'judgement'>

function measured(pair: Sides<Samples>, margin: number): Measured {
  const { cell, quantity, atLoad } = pair.A
  const kept = bothSides(pair, ({ values }) =>
    values.length === 0 ? { kept: [], spoiled: [] } : sortOutSpoiled(values, SPOILED_MARGINS * margin),
  )
  const figures = (side: keyof typeof kept): SideFigures => ({
    n: kept[side].kept.length,
    median: kept[side].kept.length === 0 ? null : median(kept[side].kept),
    blocks: 2 * pair[side].blocks.length <= pair[side].values.length ? pair[side].blocks : [],
    spoiled: kept[side].spoiled,
    invalid: pair[side].invalid,
    atCeiling: pair[side].atCeiling,
    hardlyLoaded: pair[side].hardlyLoaded,
  })
  return {
    cell,
    quantity,
    atLoad,
    A: figures('A'),
    B: figures('B'),
    drivers: bothSides(pair, ({ drivers }) => drivers),
    methods: methodDifferences(pair),
    ...effectOf(kept.A.kept, kept.B.kept, !SHOWN.has(quantity)),
  }
}

function methodDifferences({ A, B }: Sides<Samples>): MethodDifference[] {
  return [...A.method].flatMap(([parameter, value]) => {
    const other = B.method.get(parameter)
    return other === undefined || other === value ? [] : [{ parameter, A: value, B: other }]
  })
}

function effectOf(
  baseline: readonly number[],
  candidate: readonly number[],
  tested: boolean,
): Pick<Row, 'shift' | 'lower' | 'upper' | 'p'> {
  const nothing = { shift: null, lower: null, upper: null, p: null }
  if (baseline.length === 0 || candidate.length === 0) return nothing
  const middle = median(baseline)
  // No share of nothing: a baseline that forwards no frame has nothing to lose.
  if (middle === 0) return nothing
  const { estimate, lower, upper } = shiftOf(candidate, baseline, CONFIDENCE)
  const share = (end: number) => (Number.isFinite(end) ? end / middle : null)
  if (!tested) return { ...nothing, shift: estimate / middle }
  return {
    shift: estimate / middle,
    lower: share(lower),
    upper: share(upper),
    p: mannWhitney(candidate, baseline).pTwoSided,
  }
}

/** Cells of one quantity are one family: many cells ask the same question, each quantity asks its own. */
function judgedTogether(rows: readonly Measured[], margin: number): Row[] {
  const adjusted = new Map<Measured, number>()
  for (const quantity of new Set(rows.map((row) => row.quantity))) {
    const family = rows.filter((row) => row.quantity === quantity && row.p !== null)
    adjustedForMany(family.map(({ p }) => p!)).forEach((p, index) => adjusted.set(family[index]!, p))
  }
  return rows.map((row) => {
    const adjustedP = adjusted.get(row) ?? null
    return { ...row, adjustedP, judgement: judgementOf(row, adjustedP, margin) }
  })
}

function judgementOf(row: Measured, adjustedP: number | null, margin: number): RowJudgement {
  if (SHOWN.has(row.quantity)) return { verdict: 'shown' }
  const { shift, lower, upper, p, A, B } = row
  if (shift === null || p === null || adjustedP === null) return inconclusive(whyNothing(row), null)
  const [method] = row.methods
  if (method)
    return inconclusive(
      `measured in another way: ${method.parameter} ${method.A} in A, ${method.B} in B`,
      null,
    )
  const { better } = QUANTITIES[row.quantity]
  const evidence: Evidence = { shift, lower, upper, p, adjustedP, n: { A: A.n, B: B.n }, better }
  const judgement = judge(evidence, margin)
  switch (judgement.verdict) {
    case 'equivalent':
      return doubtOf(row, better) ?? judgement
    case 'regressed':
    case 'improved':
      return mixedBlocks(row) ?? judgement
    case 'inconclusive':
      return judgement
    default:
      return judgement.verdict satisfies never
  }
}

function whyNothing({ A, B }: Measured): string {
  const empty = (['A', 'B'] as const).filter((side) => ({ A, B })[side].n === 0)
  if (empty.length === 0) return 'the baseline is zero'
  return `no valid measurement on side ${empty.join(' and ')}`
}

/**
 * Values of one block share whatever the bed did meanwhile, so that many of them are no more evidence of a difference
 * between blocks than the blocks are: these have to differ too, as far as so few can.
 */
function mixedBlocks({ A: { blocks: A }, B: { blocks: B } }: Measured): Judgement | undefined {
  if (A.length === 0 || B.length === 0) return undefined
  if (mannWhitney(B, A).pTwoSided <= Math.max(1 - CONFIDENCE, smallestP(A.length, B.length))) return undefined
  return inconclusive(
    `the ${A.length} blocks of A and ${B.length} of B overlap: the bed may have changed between them; more switches tell`,
    null,
  )
}

/** What an interval within the margin does not show. */
function doubtOf({ A, B }: Measured, better: 'higher' | 'lower'): Judgement | undefined {
  if (2 * A.atCeiling >= A.n && 2 * B.atCeiling >= B.n)
    return inconclusive('on both sides the generator or the line ended before the DUT', null)
  if (2 * A.hardlyLoaded >= A.n && 2 * B.hardlyLoaded >= B.n)
    return inconclusive(
      'both sides took more than 95 % of the highest load, which was hardly an overload: what they can do may differ',
      null,
    )
  const worse = ({ spoiled, median: middle }: SideFigures) =>
    spoiled.filter((value) => (better === 'higher' ? value < middle! : value > middle!)).length
  // One more may be the same accident; two more are not to be certified away.
  if (worse(B) >= worse(A) + 2)
    return inconclusive(`${worse(B)} runs of B are far worse than its others, ${worse(A)} of A`, null)
  return undefined
}
