/** What somebody reads in the morning: what is broken, what is slower, what was noise, what could not be measured. */
import { changeText } from '../charts/quantity-text.ts'
import { figureLine, figureName } from './figure-text.ts'
import type { Night, NightFigure, NightRecord } from './night.ts'
import type { NightTests } from './night-tests.ts'
import { lastChange, trendOf } from './trend.ts'

/** Of one kind; the report has them all. */
const LINES = 20

/**
 * 0: nobody has to look. 1: a claim failed or a figure regressed. 3: the lab broke or something could not be measured,
 * which says nothing about the DUT.
 */
export type NightExit = 0 | 1 | 3

export function exitOf({ broken, figures }: NightRecord, tests: NightTests): NightExit {
  const has = (verdict: NightFigure['verdict']) => figures.some((one) => one.verdict === verdict)
  if (tests.broken.length > 0 || has('regression')) return 1
  return broken !== undefined || tests.silent.length > 0 || has('unmeasured') ? 3 : 0
}

const HEAD = {
  0: 'nobody has to look',
  1: 'somebody has to look',
  3: 'somebody has to look at the bed',
} as const satisfies Record<NightExit, string>

/**
 * @param nights of the bed, tonight among them.
 * @param notes what else is to be known, a line each: what the generator does by itself.
 */
export function nightText(
  tonight: NightRecord,
  tests: NightTests,
  nights: readonly Night[],
  notes: readonly string[],
): string {
  const { topology, driver, began, broken, figures } = tonight
  const head = `Night of ${began.slice(0, 16).replace('T', ' ')} UTC on ${[topology, driver].filter(Boolean).join(', ')}: ${HEAD[exitOf(tonight, tests)]}.`
  const of = (...verdicts: NightFigure['verdict'][]) =>
    figures.filter(({ verdict }) => verdicts.includes(verdict))
  const line = (figure: NightFigure) => `${figureName(figure)}: ${figureLine(figure)}`
  const withLevel = (figure: NightFigure) => {
    const change = lastChange(trendOf(nights, figure))
    const level =
      change && `; level ${changeText(change.change)} since the night of ${change.at.slice(0, 10)}`
    return `${line(figure)}${level ?? ''}`
  }
  const [slower, faster, unmeasured] = [of('regression'), of('improvement'), of('unmeasured')]
  const learning = of('learning').length
  const lastLines = [
    ...(learning > 0 ? [`${count(learning, 'figure')} with too few good nights to be judged.`] : []),
    `${count(tests.held, 'test')} held, ${count(of('ok').length, 'figure')} as usual.`,
    ...notes,
  ]
  return [
    head,
    ...(broken === undefined ? [] : [`INFRA: ${broken}`]),
    section(
      `Broken: ${count(tests.broken.length, 'test')}, ${tests.broken.filter(({ fresh }) => fresh).length} of which held the night before`,
      tests.broken.map(
        ({ suite, title, message, fresh }) => `${suite} › ${title}${fresh ? ' (new)' : ''}\n    ${message}`,
      ),
    ),
    section(`Slower: ${count(slower.length, 'figure')}`, [
      ...groupLines(slower, driver),
      ...slower.map(withLevel),
    ]),
    section(`Faster: ${count(faster.length, 'figure')}. \`lab baseline accept\` makes it what is expected`, [
      ...groupLines(faster, driver),
      ...faster.map(withLevel),
    ]),
    section('May be slower or faster, or chance among so many cells', of('suspected').map(line)),
    section('Noise: suspicious at first, and as usual in the median of all runs', of('noise').map(line)),
    section('Could not be measured', [
      // One cause that ended the night is told above, once.
      ...(broken === undefined
        ? tests.silent.map(({ message, tests: many }) => `${count(many, 'test')}: ${message}`)
        : []),
      ...unmeasured.map(
        (figure) => `${figureName(figure)}: ${figure.blame ?? 'INVALID'}: ${figureLine(figure)}`,
      ),
    ]),
    lastLines.join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const shown = lines.length > LINES + 1 ? lines.slice(0, LINES) : lines
  const rest = lines.length - shown.length
  return [
    `${title}:`,
    ...[...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((one) => `  ${one}`),
  ].join('\n')
}

/** A change in all cells of a target has one cause, and is said first. */
function groupLines(figures: readonly NightFigure[], driver: string): string[] {
  const groups = new Map<string, number[]>()
  for (const { cell, quantity, change } of figures) {
    const name = `${driver} × ${cell.target}, ${quantity}`
    groups.set(name, [...(groups.get(name) ?? []), 1 + (change ?? 0)])
  }
  return [...groups].flatMap(([name, ratios]) => {
    if (ratios.length < 2 || ratios.some((ratio) => ratio <= 0)) return []
    const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
    return [`${name}: ${ratios.length} cells, ${changeText(mean - 1)} on average`]
  })
}

const count = (many: number, one: string): string => `${many} ${one}${many === 1 ? '' : 's'}`
