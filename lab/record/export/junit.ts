/**
 * Runs as JUnit's XML, as CI systems read it: a test suite for each suite of each run. There is no specification;
 * this keeps to the elements and attributes of the schema of Jenkins' xUnit plugin (junit-10.xsd).
 */
import { beganOf, isRunName } from '../store/run-names.ts'
import type { StoredRun } from '../store/read-run.ts'
import { type Case, casesOf } from './cases.ts'

export function junit(runs: readonly StoredRun[]): string {
  const suites = runs.flatMap((run) =>
    [...casesOf(run)].map(([suite, cases]) => ({
      run,
      // Two runs have the same tests: without the name of theirs, readers take one for a retry of the other.
      name: runs.length === 1 ? suite : `${run.name}.${suite}`,
      cases,
    })),
  )
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap(({ run, name, cases }) => [
      `  <testsuite ${attributes({ name, ...timestamp(run) })} ${counts(cases)}>`,
      ...properties(run),
      ...cases.flatMap((one) => testcase(name, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

/** Its schema knows no time zone: UTC. */
function timestamp({ name, environment }: StoredRun): { timestamp?: string } {
  const began = environment['began'] ?? (isRunName(name) ? beganOf(name) : undefined)
  return began === undefined ? {} : { timestamp: began.slice(0, 19) }
}

function counts(cases: readonly Case[]): string {
  const of = (verdict: Case['verdict']) => String(cases.filter((one) => one.verdict === verdict).length)
  return attributes({
    tests: String(cases.length),
    failures: of('failed'),
    errors: of('infra'),
    skipped: of('skipped'),
    // Of a single test it is not known.
    time: '0',
  })
}

function properties({ name, environment }: StoredRun): string[] {
  const all = Object.entries({ run: name, ...environment })
  return [
    '    <properties>',
    ...all.map(([property, value]) => `      <property ${attributes({ name: property, value })}/>`),
    '    </properties>',
  ]
}

function testcase(classname: string, { title, verdict, says = '' }: Case): string[] {
  const head = `    <testcase ${attributes({ classname, name: title, time: '0' })}`
  const inside = insideOf(verdict, says)
  return inside === '' ? [`${head}/>`] : [`${head}>`, `      ${inside}`, '    </testcase>']
}

function insideOf(verdict: Case['verdict'], says: string): string {
  switch (verdict) {
    case 'ok':
      return says === '' ? '' : `<system-out>${escapeXml(says)}</system-out>`
    case 'skipped':
      return `<skipped ${attributes({ message: says })}/>`
    case 'failed':
      return `<failure ${attributes({ type: 'failed', message: says })}>${escapeXml(says)}</failure>`
    case 'infra':
      return `<error ${attributes({ type: 'infra', message: says })}>${escapeXml(says)}</error>`
    default:
      return verdict satisfies never
  }
}

const attributes = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(' ')

/** What XML 1.0 cannot hold, not even escaped: control characters, and halves of surrogate pairs (section 2.2). */
const NO_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const escapeXml = (text: string): string =>
  text
    .replace(NO_XML, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // As white space of an attribute they would become blanks (section 3.3.3).
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;')
