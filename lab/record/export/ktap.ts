/** Runs as KTAP, version 1 (https://docs.kernel.org/dev-tools/ktap.html). */
import type { StoredRun } from '../store/read-run.ts'
import { type Case, casesOf } from './cases.ts'

interface Test extends Case {
  readonly subtests?: readonly Test[]
  /** Stands as diagnostic lines before the subtests. */
  readonly notes?: readonly string[]
}

/** Suites are the outermost tests of one run, and runs are those of several. */
export function ktap(runs: readonly StoredRun[]): string {
  const tests = runs.map(testOf)
  const [only] = tests
  const outermost: Pick<Test, 'subtests' | 'notes'> = tests.length === 1 ? only! : { subtests: tests }
  return `${linesOf(outermost).join('\n')}\n`
}

function testOf(run: StoredRun): Test & { subtests: Test[] } {
  const suites = [...casesOf(run)].map(([suite, cases]) => parent(suite, cases))
  const notes = Object.entries(run.environment).map(([name, value]) => `${name}: ${value}`)
  return { ...parent(run.name, suites), notes: [`run: ${run.name}`, ...notes] }
}

/** A parent fails when one of its subtests does, and is skipped when all of them are. */
function parent(title: string, subtests: Test[]): Test & { subtests: Test[] } {
  const failed = subtests.some(({ verdict }) => verdict === 'failed' || verdict === 'infra')
  const skipped = subtests.every(({ verdict }) => verdict === 'skipped')
  return { title, verdict: failed ? 'failed' : skipped ? 'skipped' : 'ok', subtests }
}

function linesOf({ subtests = [], notes = [] }: Pick<Test, 'subtests' | 'notes'>): string[] {
  return [
    'KTAP version 1',
    `1..${subtests.length}`,
    ...notes.map((note) => `# ${note.replace(/\s+/g, ' ')}`),
    ...subtests.flatMap((test, index) => [
      ...(test.subtests ? linesOf(test).map((line) => `  ${line}`) : []),
      resultLine(index + 1, test),
    ]),
  ]
}

function resultLine(number: number, { title, verdict, says }: Test): string {
  const data = says === undefined ? '' : words(says)
  const line = `${number} ${words(title)}`
  switch (verdict) {
    case 'ok':
      return data === '' ? `ok ${line}` : `ok ${line} # ${data}`
    case 'skipped':
      return `ok ${line} # SKIP ${data}`.trimEnd()
    case 'infra':
      return `not ok ${line} # ERROR ${data}`.trimEnd()
    case 'failed':
      return data === '' ? `not ok ${line}` : `not ok ${line} # ${noDirective(data)}`
    default:
      return verdict satisfies never
  }
}

/** One line; `#` ends a description, and parsers look for it in what follows too. */
const words = (text: string): string => text.replaceAll('#', 'No. ').replace(/\s+/g, ' ').trim()

/** A first word that says something else of the test. */
const noDirective = (data: string): string =>
  /^(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b/i.test(data) ? `failed: ${data}` : data
