/** A test with a run's folder of its own, in which Allure's results may be put. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { type RunFolder, runFolder } from '../../../lab/record/run-folder.ts'

export const test = base.extend<{ run: RunFolder }>({
  run: async ({}, use) => {
    const folder = runFolder(await mkdtemp(join(tmpdir(), 'run-')))
    await mkdir(folder.allureResults)
    await use(folder)
    await rm(folder.path, { recursive: true })
  },
})
