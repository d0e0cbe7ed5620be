/** Reports made by Allure, one after the other, each beginning with what the one before left. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { renderReport } from '../../../lab/record/report.ts'
import { runFolder } from '../../../lab/record/run-folder.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
})

/** @returns the statuses that the report remembers of the test, the newest first. */
async function night(folder: string, name: string, status: string): Promise<string[]> {
  const run = runFolder(join(folder, name))
  mkdirSync(run.allureResults, { recursive: true })
  const start = Date.UTC(2026, 0, 1)
  const result = {
    ...{ uuid: name, historyId: 'one', testCaseId: 'one', fullName: 'a claim', name: 'a claim', status },
    ...{ stage: 'finished', start, stop: start + 1, steps: [], attachments: [], parameters: [], labels: [] },
  }
  writeFileSync(join(run.allureResults, `${name}-result.json`), JSON.stringify(result))
  const history = join(folder, 'history')
  await renderReport(run, history)
  const kept = JSON.parse(readFileSync(join(history, 'history.json'), 'utf8')) as Record<
    string,
    { items: { status: string }[] }
  >
  // Allure gives its own names to tests.
  const [only] = Object.values(kept)
  return only!.items.map((item) => item.status)
}

test('A report tells what became of a test on the nights before, which its page carries to the next one', async ({
  folder,
}) => {
  expect(await night(folder, 'first', 'passed')).toEqual(['passed'])
  expect(await night(folder, 'second', 'failed')).toEqual(['failed', 'passed'])
  expect(await night(folder, 'third', 'passed')).toEqual(['passed', 'failed', 'passed'])
  const trend = JSON.parse(readFileSync(join(folder, 'history', 'history-trend.json'), 'utf8')) as unknown[]
  expect(trend).toHaveLength(3)
})
