/** The report of a run, as its reader sees it. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { chromium } from '@playwright/test'
import { expect, expectReadable, test } from './lab-command.ts'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const TITLE = 'every linear frame of 64 bytes arrives whole through devmap, native'
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

test('the report of a run shows each test by its title, and that it passed', async ({ start }) => {
  const browser = BROWSERS.find(existsSync)
  test.skip(browser === undefined, `no browser to read it with: ${BROWSERS.join(', ')}`)
  const run = start(['run', 'devmap', '--size', '64', '--mode', 'native', '--evidence', 'light'])
  await run.until('the report is being made', (processes) => processes.some(({ name }) => name === 'java'))
  const names = (await run.belongings.processes()).map(({ name }) => name)
  expect(names, 'the lab is let go of before').not.toContain('sshd')
  expect(run.belongings.namespaces.length).toBeGreaterThan(0)
  const { code, stdout } = await run.outcome
  const page = join(run.folder!, 'report/index.html')
  expect(code).toBe(0)
  expect(stdout).toContain(`Report: ${page}\n`)

  const reader = await chromium.launch({ executablePath: browser!, args: QUIET })
  try {
    const tab = await reader.newPage()
    await tab.goto(`file://${page}#suites`)
    await tab.getByText('devmap', { exact: true }).first().click()
    await tab.getByText('linear, native', { exact: true }).first().click()
    await tab.getByText(TITLE).first().click()
    await expect(tab.getByText('Passed', { exact: true }).first()).toBeVisible()
    await expect(tab.getByText('every frame offered arrives, intact and in order').first()).toBeVisible()
  } finally {
    await reader.close()
  }
})

test('a run that is killed while its report is made is reported afterwards', async ({ start, lab }) => {
  const run = start(['run', 'devmap', '--size', '64', '--mode', 'native', '--evidence', 'light'])
  await run.until('the report is being made', (processes) => processes.some(({ name }) => name === 'java'))
  run.kill('SIGKILL')
  await run.outcome
  const left = (await run.belongings.left()).filter(
    (one) => !/^process \d+ (java|node|sh|bash|allure)$/.test(one),
  )
  expect(left).toEqual([])
  const report = await lab(['report', basename(run.folder!)])
  expectReadable(report)
  expect(report).toMatchObject({ code: 0, stdout: `Report: ${join(run.folder!, 'report/index.html')}\n` })
})

test('a run that does not exist has no report', async ({ lab }) => {
  const outcome = await lab(['report', '2020-01-01T00-00-00Z-1'])
  expectReadable(outcome)
  expect(outcome.stderr).toContain('2020-01-01T00-00-00Z-1 holds no run')
  expect(outcome.code).toBe(2)
})
