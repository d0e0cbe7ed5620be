import { expect, test as base } from '@playwright/test'
import { type RunOptions, runEnvironment, runOptions } from '../../../lab/cli/run-options.ts'
import { chooseSuites, suiteFiles } from '../../../lab/cli/suites.ts'
import { WrongUse } from '../../../lab/cli/wrong-use.ts'
import { setEnvironment } from './environment.ts'

const FEW: RunOptions = { topology: '/beds/a.yaml', folder: '/runs/1', evidence: 'light', json: false }
const ALL: RunOptions = {
  ...FEW,
  evidence: 'full',
  frames: 'non-linear',
  mode: 'generic',
  size: 9000,
  framesPerCell: 7,
  program: '/tmp/it\'s a "program" 帧.bpf.o',
  json: true,
}
const [VARIABLE = ''] = Object.keys(runEnvironment(FEW))

const test = base.extend<{ outside: undefined }>({
  outside: [
    async ({}, use) => {
      const restore = setEnvironment({ [VARIABLE]: undefined })
      await use(undefined)
      restore()
    },
    { auto: true },
  ],
})

for (const [what, options] of [
  ['few options', FEW],
  ['all options', ALL],
] as const)
  test(`A run with ${what} reaches the test runner as it was asked for`, () => {
    Object.assign(process.env, runEnvironment(options))
    expect(runOptions()).toEqual(options)
  })

test('Outside of a run there are no options', () => {
  expect(runOptions()).toBeUndefined()
})

test('Options that nobody could have asked for are not taken', () => {
  for (const wrong of [
    { ...FEW, evidence: 'some' },
    { ...FEW, mode: 'offload' },
    { topology: '/beds/a.yaml' },
  ]) {
    process.env[VARIABLE] = JSON.stringify(wrong)
    expect(() => runOptions()).toThrow()
  }
})

test('Each target has its suite, and each suite says what it is about in a line', () => {
  const suites = suiteFiles()
  expect(suites.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['cpumap', 'devmap', 'devmap-hash', 'ifindex', 'xskmap']),
  )
  for (const { name, about } of suites) expect(about, name).toMatch(/^\S[^\n*]{20,}\.$/)
})

test('Without names all suites are chosen but those run by name; with names those, in the order asked for', () => {
  const byDefault = ['cpumap', 'devmap', 'devmap-hash', 'ifindex', 'process', 'self-test', 'xskmap']
  expect(chooseSuites([]).map(({ name }) => name)).toEqual(byDefault)
  for (const name of ['drops', 'overload', 'throughput', 'rate'])
    expect(chooseSuites([name])).toMatchObject([{ byName: true }])
  expect(chooseSuites(['ifindex', 'cpumap']).map(({ name }) => name)).toEqual(['ifindex', 'cpumap'])
})

for (const [typed, meant] of [
  ['devmop', 'devmap'],
  ['devmap_hash', 'devmap-hash'],
  ['CPUMAP', 'cpumap'],
  ['xsk', 'xskmap'],
  ['if-index', 'ifindex'],
] as const)
  test(`'${typed}' is no suite; '${meant}' is suggested, and all are listed`, () => {
    expect(() => chooseSuites(['devmap', typed])).toThrow(WrongUse)
    expect(() => chooseSuites(['devmap', typed])).toThrow(
      new RegExp(`^there is no suite '${typed}'; did you mean '${meant}'\\? Suites: .*cpumap, .*xskmap`),
    )
  })
