import { join } from 'node:path'
import { utimesSync } from 'node:fs'
import { checkout, expect, put, run, shell, test } from './sandbox.ts'

const TAP_3 = 'echo 1..3; echo ok 1 - undo; echo ok 2 - maps; echo "ok 3 - rings # SKIP no AF_XDP"'

const stats = (expected: number, unexpected = 0, skipped = 0) =>
  `echo '${JSON.stringify({ stats: { expected, unexpected, skipped, flaky: 0 }, errors: [] })}' > "$PLAYWRIGHT_JSON_OUTPUT_FILE"`

const summary = (content: object) => `
import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('results/latest', { recursive: true })
writeFileSync('results/latest/summary.json', '${JSON.stringify(content)}')
`

/** A checkout whose checks all pass: 4 static ones, 2 + 1 skipped of the agent, 30 of the harness, as many of its benchmarks, 400 functional, as many of drops. */
function passing(folder: string) {
  const root = checkout(folder)
  for (const tool of ['prettier', 'eslint', 'depcruise', 'tsc'])
    put(root, `node_modules/.bin/${tool}`, shell(`echo "${tool} $@"`))
  check(root, TAP_3)
  put(root, 'node_modules/.bin/playwright', shell(stats(30)))
  put(root, 'lab/cli/lab.mjs', summary({ passed: 400, failed: 0, skipped: 2 }))
  return root
}

const check = (root: string, script: string) =>
  put(root, 'lab/agent/Makefile', `all:\ncheck:\n\t@${script}\n`)

const testIn = (root: string, ...args: string[]) => run(root, ['lab/setup/test.mjs', ...args])

const lastLine = (output: string) => output.trimEnd().split('\n').at(-1)

test('the last line counts what ran', async ({ folder }) => {
  const { code, output } = await testIn(passing(folder))
  expect(lastLine(output)).toBe('866 passed, 0 failed')
  expect(output).toContain('\n5 skipped\n')
  expect(output).toMatch(/^harness +passed +30 +\d+\.\d s$/m)
  expect(code).toBe(0)
})

test('nothing is said of skipped tests where there were none', async ({ folder }) => {
  const root = passing(folder)
  const { output } = await testIn(root, '--only', 'format,harness')
  expect(lastLine(output)).toBe('31 passed, 0 failed')
})

test('a passing check is one line; a failing one shows all it wrote, and the others still run', async ({
  folder,
}) => {
  const root = passing(folder)
  put(root, 'node_modules/.bin/prettier', shell('echo "[warn] lab/units/frame.ts"; exit 1'))
  const { code, output } = await testIn(root)
  expect(output).toContain('[warn] lab/units/frame.ts')
  expect(output).not.toContain('eslint .')
  expect(lastLine(output)).toBe('865 passed, 1 failed')
  expect(code).toBe(1)
})

test('failed tests are counted one by one', async ({ folder }) => {
  const root = passing(folder)
  check(root, 'echo 1..3; echo ok 1; echo not ok 2; echo not ok 3; exit 1')
  put(root, 'node_modules/.bin/playwright', shell(`${stats(28, 2)}; exit 1`))
  put(root, 'lab/cli/lab.mjs', summary({ passed: 399, failed: 1, skipped: 0 }) + 'process.exitCode = 1\n')
  const { code, output } = await testIn(root)
  expect(lastLine(output)).toBe(`${4 + 1 + 2 * 28 + 2 * 399} passed, ${2 + 2 * 2 + 2} failed`)
  expect(code).toBe(1)
})

test.describe('a check that broke is one failed test more', () => {
  const only = async (root: string, name: string) => {
    const { code, output } = await testIn(root, '--only', name)
    expect(code).toBe(1)
    return lastLine(output)
  }

  test('the agent’s checks, ended before their plan', async ({ folder }) => {
    const root = passing(folder)
    check(root, 'echo 1..3; echo ok 1')
    expect(await only(root, 'agent')).toBe('1 passed, 1 failed')
  })

  test('the agent’s checks, ended by a sanitizer after the last ok', async ({ folder }) => {
    const root = passing(folder)
    check(root, 'echo 1..1; echo ok 1; exit 1')
    expect(await only(root, 'agent')).toBe('1 passed, 1 failed')
  })

  test('the agent’s checks, not compiled', async ({ folder }) => {
    const root = passing(folder)
    check(root, 'false')
    expect(await only(root, 'agent')).toBe('0 passed, 1 failed')
  })

  test('the harness suites, without a report', async ({ folder }) => {
    const root = passing(folder)
    put(
      root,
      'results/checks/harness.json',
      JSON.stringify({ stats: { expected: 9, unexpected: 0, flaky: 0 } }),
    )
    utimesSync(join(root, 'results/checks/harness.json'), 1e9, 1e9)
    put(root, 'node_modules/.bin/playwright', shell('exit 0'))
    expect(await only(root, 'harness')).toBe('0 passed, 1 failed')
  })

  test('the harness suites, of which none ran', async ({ folder }) => {
    const root = passing(folder)
    put(root, 'node_modules/.bin/playwright', shell(stats(0)))
    expect(await only(root, 'harness')).toBe('0 passed, 1 failed')
  })

  test('a harness runner that is not there', async ({ folder }) => {
    const root = passing(folder)
    put(root, 'node_modules/.bin/playwright', 'not a program')
    expect(await only(root, 'harness')).toBe('0 passed, 1 failed')
  })

  test('the functional suites, with an earlier run’s summary', async ({ folder }) => {
    const root = passing(folder)
    put(root, 'results/latest/summary.json', JSON.stringify({ passed: 400, failed: 0, skipped: 0 }))
    utimesSync(join(root, 'results/latest/summary.json'), 1e9, 1e9)
    put(root, 'lab/cli/lab.mjs', '')
    expect(await only(root, 'functional')).toBe('0 passed, 1 failed')
  })

  test('the functional suites, broken after all had passed', async ({ folder }) => {
    const root = passing(folder)
    put(root, 'lab/cli/lab.mjs', summary({ passed: 400, failed: 0, skipped: 0 }) + 'process.exitCode = 3\n')
    expect(await only(root, 'functional')).toBe('400 passed, 1 failed')
  })
})

test('nothing runs beside the functional suites, nor beside the harness or the agent’s checks', async ({
  folder,
}) => {
  const root = passing(folder)
  // Each check holds a folder while it runs: the alone ones must find none and be able to make theirs.
  const busy = (name: string) => `mkdir busy-${name} && sleep 0.2 && rmdir busy-${name}`
  const alone = (name: string) => `ls -d busy-* 2>/dev/null && exit 1; ${busy(name)}`
  for (const tool of ['prettier', 'eslint', 'depcruise', 'tsc'])
    put(root, `node_modules/.bin/${tool}`, shell(busy(tool)))
  put(root, 'node_modules/.bin/playwright', shell(`${alone('harness')}; ${stats(30)}`))
  put(
    root,
    'lab/cli/lab.mjs',
    `import { execSync } from 'node:child_process'\nexecSync(${JSON.stringify(alone('functional'))})\n` +
      summary({ passed: 400, failed: 0, skipped: 0 }),
  )
  const { output } = await testIn(root)
  expect(lastLine(output)).toBe('866 passed, 0 failed')
})

test('an interrupted run starts no further check, says so, and still counts', async ({ folder }) => {
  const root = passing(folder)
  put(
    root,
    'node_modules/.bin/playwright',
    shell(`end() { ${stats(7)}; exit 0; }; trap end INT; kill -INT $PPID; while :; do sleep 0.05; done`),
  )
  const { code, output } = await testIn(root)
  expect(output).toContain('interrupted by SIGINT: not every check ran')
  expect(output).not.toContain('functional')
  expect(lastLine(output)).toBe('13 passed, 0 failed')
  expect(code).toBe(1)
})

test('an unknown check is wrong use, and the known ones are named', async ({ folder }) => {
  const { code, output } = await testIn(passing(folder), '--only', 'harnes')
  expect(output).toContain(
    'there is no check harnes; there are format, lint, layers, types, agent, harness, overload, functional, drops',
  )
  expect(code).toBe(2)
})

test('a machine that cannot be set up runs no checks', async ({ folder }) => {
  const root = passing(folder)
  put(root, 'fixtures/programs/Makefile', 'all: gone\n')
  const { code, output } = await testIn(root)
  expect(output).not.toContain('passed')
  expect(code).toBe(3)
})
