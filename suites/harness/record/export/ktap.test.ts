/** KTAP, read back as its specification says: indentation, plans, numbers, results that bubble up. */
import { expect, test } from '@playwright/test'
import { ktap } from '../../../../lab/record/export/ktap.ts'
import { NASTY, QUIET, RUN } from './runs.ts'

interface Parsed {
  readonly ok: boolean
  readonly description: string
  readonly directive: string | undefined
  readonly data: string
  readonly subtests: Parsed[]
}

const RESULT = /^(ok|not ok) (\d+) ([^#]*?)(?: # (?:(SKIP|TODO|XFAIL|TIMEOUT|ERROR)(?: |$))?(.*))?$/

/** Takes lines of one level from the front; throws where they break the specification. */
function parse(lines: string[], indent = ''): Parsed[] {
  expect(lines.shift()).toBe(`${indent}KTAP version 1`)
  const [, plan] = /^ *1\.\.(\d+)$/.exec(lines.shift()!) ?? []
  const tests: Parsed[] = []
  let subtests: Parsed[] = []
  while (lines[0]?.startsWith(indent)) {
    const line = lines[0].slice(indent.length)
    if (line.startsWith('  ')) {
      subtests = parse(lines, `${indent}  `)
      continue
    }
    lines.shift()
    if (line.startsWith('# ')) continue
    const [, result, number, description, directive, data = ''] = RESULT.exec(line) ?? []
    expect(result, `a result line: ${line}`).toBeDefined()
    expect(Number(number)).toBe(tests.length + 1)
    tests.push({ ok: result === 'ok', description: description!, directive, data, subtests })
    subtests = []
  }
  expect(tests).toHaveLength(Number(plan))
  return tests
}

const read = (text: string) => {
  expect(text.endsWith('\n')).toBe(true)
  const lines = text.slice(0, -1).split('\n')
  const tests = parse(lines)
  expect(lines, 'lines that belong to no test').toEqual([])
  return tests
}

test('Suites of one run are the outermost tests, and fail with what is in them', () => {
  const suites = read(ktap([RUN]))
  expect(suites.map(({ ok, description, directive }) => [ok, description, directive])).toEqual([
    [false, 'devmap', undefined],
    [true, 'cpumap', 'SKIP'],
    [false, 'xskmap', undefined],
    [false, 'throughput', undefined],
  ])
  expect(suites[0]!.subtests).toHaveLength(3)
})

test('Each outcome is the result and the directive that KTAP has for it', () => {
  const [devmap, cpumap, xskmap, throughput] = read(ktap([RUN]))
  expect(devmap!.subtests.map(({ ok, directive }) => [ok, directive])).toEqual([
    [true, undefined],
    [false, undefined],
    [false, undefined],
  ])
  expect(devmap!.subtests[1]!.data).toBe('LOST: 999 of 1000 frames did not arrive')
  expect(cpumap!.subtests).toMatchObject([{ ok: true, directive: 'SKIP', data: 'no third port No. here' }])
  expect(xskmap!.subtests).toMatchObject([{ ok: false, directive: 'ERROR', data: 'INFRA: dut is gone' }])
  expect(throughput!.subtests.map(({ ok, directive, data }) => [ok, directive, data])).toEqual([
    [true, undefined, '8650000 frames/s, 8649999 to 8650001'],
    [true, undefined, '8700000 frames/s, 8699999 to 8700001 (at-ceiling)'],
    [false, 'ERROR', 'the generator fell short by 3 %'],
    [true, undefined, 'no figure (below-floor)'],
  ])
})

test('No title or message can be taken for a line, a directive or a hash sign of its own', () => {
  const [devmap] = read(ktap([RUN]))
  const nasty = devmap!.subtests[2]!
  expect(nasty).toMatchObject({ ok: false, directive: undefined })
  expect(nasty.data).toBe('failed: TIMEOUT: after 5 s No. SKIP of waiting')
  expect(nasty.description).toBe(`${NASTY.replace('#', 'No. ').replace('\n', ' ')}, linear, native`)
})

test('Several runs are one level more, and a run without tests has a plan of none', () => {
  const runs = read(ktap([RUN, QUIET, { ...QUIET, name: 'empty', cells: [] }]))
  expect(runs.map(({ ok, description }) => [ok, description])).toEqual([
    [false, RUN.name],
    [true, QUIET.name],
    [true, 'empty'],
  ])
  expect(runs[1]!.subtests[0]!.subtests).toHaveLength(1)
  expect(runs[2]!.directive).toBe('SKIP')
})

test('The bed is told in diagnostic lines', () => {
  expect(ktap([RUN])).toContain('\n# kernel: 6.18.44\n')
})
