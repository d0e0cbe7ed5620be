/** `lab compare`: says what broke and what became slower between two sides. */
import { compare as compareSides, type Comparison } from '../record/compare/comparison.ts'
import { comparisonMarkdown } from '../record/compare/comparison-markdown.ts'
import { comparisonText } from '../record/compare/comparison-text.ts'
import { NoSide, type ReadSide, readSide } from '../record/compare/read-side.ts'
import { RESULTS } from '../record/run-folder.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly margin: number
  readonly json?: boolean
  readonly markdown?: boolean
}

/** Exit code when something regressed. */
const REGRESSED = 1

export function compare(a: string, b: string, flags: Flags): void {
  const [A, B] = [read(a), read(b)]
  const both = A.paths.find((path) => B.paths.includes(path))
  if (both !== undefined)
    throw new WrongUse(`${both} is on both sides, ${a} and ${b}: a run cannot be compared with itself`)
  const comparison = compareSides({ A: A.side, B: B.side }, flags.margin)
  mustMeet(comparison)
  for (const text of [...A.unread, ...B.unread]) console.error(text)
  console.log(rendered(comparison, flags))
  if (comparison.regressed) process.exitCode = REGRESSED
  else if (comparison.performance.forbidden > 0)
    throw new WrongUse(
      `${comparison.performance.forbidden} figures were not compared: see above in what their beds differ`,
    )
}

function read(called: string): ReadSide {
  try {
    return readSide(called, RESULTS)
  } catch (error) {
    throw error instanceof NoSide ? new WrongUse(error.message) : error
  }
}

/** Nothing in common is no good news: it must not end as if nothing had regressed. */
function mustMeet({ functional, performance, environments, sides }: Comparison): void {
  const { broken, mended, unsteady, skips, refusals, unsaid, same } = functional
  const tests = same + [broken, mended, unsteady, skips, refusals, unsaid].flat().length
  if (tests + performance.rows.length > 0) return
  const { forbidding, unmatched } = environments
  const [why] = [
    ...forbidding.map(
      ({ bed, fact, A, B }) => `${bed} has ${fact} ${A.join(' and ')} in A and ${B.join(' and ')} in B`,
    ),
    ...(unmatched.A.length > 0 && unmatched.B.length > 0
      ? [`A is of topology ${unmatched.A.join(', ')}, B of ${unmatched.B.join(', ')}`]
      : []),
    'they have no test and no measurement of the same cell in common',
  ]
  throw new WrongUse(`${sides.A.name} and ${sides.B.name} cannot be compared: ${why}`)
}

function rendered(comparison: Comparison, { json, markdown }: Flags): string {
  if (json) return JSON.stringify(comparison, null, 1)
  return markdown ? comparisonMarkdown(comparison).trimEnd() : comparisonText(comparison)
}
