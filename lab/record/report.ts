/** Renders a run's Allure results as one HTML file, which opens without a server. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { beginWithHistory, keepHistory } from './report-history.ts'
import type { RunFolder } from './run-folder.ts'
import { shareAttachments } from './share-attachments.ts'

// By its path: another package may own the name `allure` in node_modules/.bin.
const ALLURE = fileURLToPath(new URL('../../node_modules/allure-commandline/bin/allure', import.meta.url))
const RENDER_MS = 120_000
/** For a JVM that lives a second: it renders in two thirds of the time. Its heap begins small on a large machine, too. */
const SHORT_LIVED = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms64m'

export class ReportFailed extends Error {
  override readonly name = 'ReportFailed'
}

/**
 * @param history folder of what earlier reports leave to this one, and this one to the next.
 * @returns path of the report's page. @throws ReportFailed with Allure's words.
 */
export async function renderReport(folder: RunFolder, history?: string): Promise<string> {
  if (!existsSync(folder.allureResults))
    throw new ReportFailed(`${folder.path} holds no results: \`lab run\` makes some`)
  shareAttachments(folder.allureResults)
  if (history !== undefined) beginWithHistory(history, folder.allureResults)
  const argv = ['generate', folder.allureResults, '--output', folder.report, '--clean', '--single-file']
  const { exitCode, all } = await execa(process.execPath, [ALLURE, ...argv], {
    reject: false,
    all: true,
    timeout: RENDER_MS,
    env: { JAVA_OPTS: `${SHORT_LIVED} ${process.env['JAVA_OPTS'] ?? ''}` },
  })
  if (exitCode !== 0)
    throw new ReportFailed(
      `allure ended with exit code ${exitCode ?? 'none'}:\n${all.trim()}\nIt needs Java 11 or newer: \`lab doctor\` tells.`,
    )
  const page = join(folder.report, 'index.html')
  if (history !== undefined) await keepHistory(page, history)
  return page
}
