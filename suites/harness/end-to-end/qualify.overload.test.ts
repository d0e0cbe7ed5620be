/** `lab qualify` as it is used, on the virtual lab. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './lab-command.ts'

const SLOW = 'fixtures/programs/build/broken/wastes-time.bpf.o'
const ARMS = ['--baseline', 'shipped', '--candidate', 'slowed']

test('A program that wastes time with every frame is told from the shipped one, or not judged at all', async ({
  lab,
}) => {
  test.setTimeout(180_000)
  const { stdout, code } = await lab([
    ...['qualify', 'devmap', ...ARMS, '--candidate-program', SLOW],
    ...['--samples', '8', '--no-functional'],
  ])
  const certificate = /^Certificate: (.*)$/m.exec(stdout)?.[1]
  expect(certificate, stdout).toBeDefined()
  expect(existsSync(certificate!)).toBe(true)
  // How much slower depends on the machine, and nothing is shown where something else has the generator's CPU. That it
  // is faster, or as fast, is never shown.
  expect(stdout).toMatch(/^# (REGRESSED|INCONCLUSIVE): slowed against shipped$/m)
  const regressed = stdout.includes('# REGRESSED')
  if (regressed) expect(stdout).toMatch(/\| devmap\/linear\/native\/64\/1@local-bench \| mrr \| .* \| −\d/)
  expect(code).toBe(regressed ? 1 : 0)
  // The test in which the two take turns is one of both.
  expect(stdout).not.toContain('only in')
})

test('The bed is switched before each block by a command that is given the name', async ({ lab, folder }) => {
  test.setTimeout(180_000)
  const script = join(folder, 'switch.sh')
  const log = join(folder, 'log')
  writeFileSync(script, `#!/bin/sh\necho "$1" >> '${log}'\n`, { mode: 0o755 })
  const { stdout } = await lab([
    ...['qualify', 'devmap', ...ARMS, '--switch', script, '--samples', '4', '--no-functional'],
  ])
  expect(readFileSync(log, 'utf8').trim().split('\n'), stdout).toEqual([
    'shipped',
    'slowed',
    'slowed',
    'shipped',
  ])
  expect(stdout).toContain('A B B A, 2 samples each time')
})

test('A switch that fails ends it: the bed is in an unknown state', async ({ lab }) => {
  const { stderr, code } = await lab(['qualify', 'devmap', ...ARMS, '--switch', '/bin/false'])
  expect(stderr).toContain('could not be switched to shipped')
  expect(code).toBe(3)
})

test('Interrupted, it begins no further part and judges nothing', async ({ start }) => {
  const lab = start(['qualify', 'devmap', ...ARMS])
  const began = (part: string) => lab.folder !== undefined && existsSync(join(lab.folder, part))
  await lab.until('the first finished test', () => began('A/functional/cells.jsonl'))
  lab.kill('SIGINT')
  const { code, stdout } = await lab.outcome
  expect(code, stdout).toBe(130)
  expect(stdout).toContain('Interrupted. ')
  expect([began('B'), began('A/rate'), began('certificate.md')]).toEqual([false, false, false])
})
