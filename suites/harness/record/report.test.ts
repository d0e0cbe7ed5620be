import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { renderReport, ReportFailed } from '../../../lab/record/report.ts'
import { type RunFolder, runFolder } from '../../../lab/record/run-folder.ts'
import { setEnvironment } from '../cli/environment.ts'

const test = base.extend<{ run: RunFolder }>({
  run: async ({}, use) => {
    const path = await mkdtemp(join(tmpdir(), 'run-'))
    await use(runFolder(path))
    await rm(path, { recursive: true })
  },
})

const failure = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(ReportFailed)
      return error as Error
    },
  )

test('A folder that holds no run is told as such', async ({ run }) => {
  const { message } = await failure(renderReport(run))
  expect(message).toContain(`${run.path} holds no results`)
  expect(message).toContain('`lab run`')
})

for (const [what, environment] of [
  ['A JAVA_HOME where there is no Java', { JAVA_HOME: '/nowhere' }],
  // Node is called by its path; only Java is looked for.
  ['A machine without Java', { JAVA_HOME: undefined, PATH: '/nowhere' }],
] as const)
  test(`${what} fails the report in words, and says what is needed`, async ({ run }) => {
    await mkdir(run.allureResults)
    const restore = setEnvironment(environment)
    try {
      const { message } = await failure(renderReport(run))
      expect(message).toMatch(/^allure ended with exit code \d+:\n/)
      expect(message).toContain('It needs Java 11 or newer: `lab doctor` tells.')
      expect(message).not.toMatch(/^\s+at /m)
    } finally {
      restore()
    }
  })
