import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, project, put, run, test } from './sandbox.ts'

/** A tree that keeps the rule: each layer has one file, which imports from the next. */
function tree(folder: string) {
  put(folder, 'package.json', '{"type":"module"}')
  put(
    folder,
    'tsconfig.json',
    '{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true,"noEmit":true}}',
  )
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  put(folder, 'lab/units/frame.ts', "import './errno.ts'\n")
  put(folder, 'lab/units/errno.ts', 'export {}\n')
  put(folder, 'lab/stats/median.ts', "import '../units/frame.ts'\n")
  put(folder, 'lab/remote/host.ts', "import '../units/frame.ts'\n")
  put(folder, 'lab/dut/dut.ts', "import '../remote/host.ts'\nexport {}\n")
  put(folder, 'lab/generator/soft.ts', "import '../remote/host.ts'\nexport {}\n")
  put(folder, 'lab/measure/trial.ts', "import '../dut/dut.ts'\nimport '../generator/soft.ts'\n")
  put(folder, 'lab/cli/doctor.ts', "import '../setup/requirements.mjs'\nimport '../measure/trial.ts'\n")
  put(folder, 'lab/setup/requirements.mjs', "import 'node:fs'\n")
  put(folder, 'fixtures/test.ts', "import '@playwright/test'\nimport '../lab/measure/trial.ts'\n")
  put(folder, 'suites/devmap.test.ts', "import '../fixtures/test.ts'\nimport '../lab/units/frame.ts'\n")
}

const cruise = (folder: string) =>
  run(folder, [
    join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['--config', join(project, '.dependency-cruiser.cjs'), 'lab', 'fixtures', 'suites'],
  ])

test('imports that go down pass, skipped layers and all', async ({ folder }) => {
  tree(folder)
  const { code, output } = await cruise(folder)
  expect(output).toContain('no dependency violations found')
  expect(code).toBe(0)
})

for (const [title, rule, path, content] of [
  ['an import upwards', 'down-from-lab-remote', 'lab/remote/host.ts', "import '../measure/trial.ts'"],
  [
    'an import from above by two layers',
    'down-from-lab-units',
    'lab/units/frame.ts',
    "import '../remote/host.ts'",
  ],
  ['a sibling', 'down-from-lab-generator', 'lab/generator/soft.ts', "import '../dut/dut.ts'"],
  [
    'a type of a sibling',
    'down-from-lab-stats',
    'lab/stats/median.ts',
    "import type { A } from '../remote/host.ts'",
  ],
  ['lab/ importing a suite', 'down-from-lab-cli', 'lab/cli/run.ts', "import '../../suites/devmap.test.ts'"],
  [
    'lab/ importing the test runner',
    'no-test-runner-in-lab',
    'lab/measure/search.ts',
    "import '@playwright/test'",
  ],
  [
    'lab/ importing the report',
    'no-test-runner-in-lab',
    'lab/record/report.ts',
    "import 'allure-js-commons'",
  ],
  [
    'the set-up imported by another',
    'set-up-is-only-for-cli',
    'lab/dut/dut.ts',
    "import '../setup/requirements.mjs'",
  ],
  ['the set-up importing a package', 'set-up-needs-nothing', 'lab/setup/requirements.mjs', "import 'yaml'"],
  [
    'the set-up importing the lab',
    'set-up-needs-nothing',
    'lab/setup/setup.mjs',
    "import '../units/frame.ts'",
  ],
  [
    'a folder that has no layer',
    'every-folder-has-a-layer',
    'lab/helpers/all.ts',
    "import '../units/frame.ts'",
  ],
  ['a cycle', 'no-cycles', 'lab/units/errno.ts', "import './frame.ts'"],
] as const)
  test(`${title} fails, with the name of the rule`, async ({ folder }) => {
    tree(folder)
    put(folder, path, `${content}\nexport {}\n`)
    const { code, output } = await cruise(folder)
    expect(output).toContain(`error ${rule}: ${path}`)
    expect(code).toBeGreaterThan(0)
  })
