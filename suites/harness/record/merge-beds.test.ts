/** Results of several beds, merged and rendered by Allure itself. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { writeEnvironment } from '../../../lab/record/environment.ts'
import { bedsOf, mergeBeds } from '../../../lab/record/merge-beds.ts'
import { renderReport } from '../../../lab/record/report.ts'
import { type RunFolder, runFolder } from '../../../lab/record/run-folder.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'merge-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
})

const TESTS = 24
const START = Date.UTC(2026, 0, 1)

interface Made {
  readonly topology?: string
  readonly nic?: string
  readonly kernel?: string
  readonly status?: string
}

/** A run of the same tests as any other: same names, same ids, and an overview under the name that each has. */
function makeRun(
  folder: string,
  name: string,
  { topology = 'two-port', nic = 'E810', kernel = '6.18', status = 'passed' }: Made = {},
): RunFolder {
  const run = runFolder(join(folder, name))
  mkdirSync(run.allureResults, { recursive: true })
  writeEnvironment(run, {
    ...{ kernel, driver: 'ice', topology: `${topology} (0123456789ab)`, began: '2026-01-01T02:00:00.000Z' },
    'dut.ingress.nic': nic,
  })
  for (let at = 0; at < TESTS; at++) addResult(run, `${name}-${at}`, `claim ${at}`, { status })
  addResult(run, 'overview', 'What works', { status })
  return run
}

function addResult(
  { allureResults }: RunFolder,
  uuid: string,
  title: string,
  { status = 'passed', start = START }: { status?: string; start?: number } = {},
): void {
  writeFileSync(join(allureResults, `${uuid}-attachment.txt`), `the ledger of ${uuid}`)
  const attachments = [{ name: 'ledger', source: `${uuid}-attachment.txt`, type: 'text/plain' }]
  const result = {
    ...{ uuid, historyId: title, testCaseId: title, fullName: title, name: title, status },
    ...{ stage: 'finished', start, stop: start + 1, parameters: [], attachments: [] },
    steps: [{ name: 'a step', status, steps: [{ name: 'deeper', status, steps: [], attachments }] }],
    labels: [{ name: 'parentSuite', value: 'devmap' }],
  }
  writeFileSync(join(allureResults, `${uuid}-result.json`), JSON.stringify(result))
}

interface TestCase {
  readonly name: string
  readonly status: string
  readonly hidden: boolean
  readonly retriesCount: number
}

async function rendered(runs: readonly RunFolder[], folder: string) {
  const into = runFolder(join(folder, 'merged'))
  const unread = mergeBeds(bedsOf(runs), into)
  const page = readFileSync(await renderReport(into), 'utf8')
  const files = [...page.matchAll(/d\('([^']+)','([A-Za-z0-9+/=]*)'\)/g)]
  const json = (name: string) =>
    files
      .filter(([, file]) => file!.startsWith(name))
      .map(([, , content]) => JSON.parse(Buffer.from(content!, 'base64').toString()) as unknown)
  const [summary] = json('widgets/summary.json') as [{ statistic: { total: number; failed: number } }]
  const cases = json('data/test-cases/') as TestCase[]
  const texts = files.filter(([, file]) => file!.startsWith('data/attachments/'))
  return {
    unread,
    total: summary.statistic.total,
    failed: summary.statistic.failed,
    retries: cases.reduce((sum, one) => sum + (one.hidden ? 1 : 0), 0),
    ledgers: new Set(texts.map(([, , content]) => Buffer.from(content!, 'base64').toString())).size,
    environment: JSON.stringify(json('widgets/environment.json')),
  }
}

test('The same tests on two DUTs are all shown, none as a retry of the other, each with its own attachments', async ({
  folder,
}) => {
  const runs = [makeRun(folder, 'a'), makeRun(folder, 'b', { topology: 'two-drivers', status: 'failed' })]
  const { total, failed, retries, ledgers, environment } = await rendered(runs, folder)
  expect({ total, failed, retries }).toEqual({ total: 2 * (TESTS + 1), failed: TESTS + 1, retries: 0 })
  expect(ledgers).toBe(2 * TESTS + 1)
  expect(environment).toContain('two-port')
  expect(environment).toContain('two-drivers')
})

test('Two DUTs under topologies of one name are told apart by their NICs', async ({ folder }) => {
  const runs = [makeRun(folder, 'a'), makeRun(folder, 'b', { nic: 'ConnectX-6' })]
  expect(bedsOf(runs).map(({ name }) => name)).toEqual(['two-port', 'two-port (2)'])
  const { total, retries } = await rendered(runs, folder)
  expect({ total, retries }).toEqual({ total: 2 * (TESTS + 1), retries: 0 })
})

test('A test that was tried again on one bed stays a retry, in one run or in two', async ({ folder }) => {
  const first = makeRun(folder, 'a')
  addResult(first, 'again', 'claim 0', { status: 'failed', start: START + 1000 })
  const other = makeRun(folder, 'b', { topology: 'two-drivers' })
  const once = await rendered([first, other], folder)
  expect(once).toMatchObject({ total: 2 * (TESTS + 1), failed: 1, retries: 1 })
  const newer = makeRun(folder, 'c', { kernel: '6.19' })
  expect(await rendered([first, other, newer], folder)).toMatchObject({ retries: TESTS + 2 })
})

test('A result that was cut short is named, and the rest is merged', async ({ folder }) => {
  const run = makeRun(folder, 'a')
  const cut = join(run.allureResults, 'cut-result.json')
  writeFileSync(cut, '{"uuid":"c')
  expect(await rendered([run], folder)).toMatchObject({ unread: [cut], total: TESTS + 1 })
})
