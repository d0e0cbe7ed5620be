/**
 * What Allure remembers of earlier reports: the fate of each test, and its trends. It hands it on in files beside a
 * report's page, which a report of one page holds within itself: they are taken out of it and kept in a folder, which
 * the next report begins with.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** As Allure puts files into its page: name, and content in base64. */
const FILE = /d\('history\/([\w-]+\.json)','([A-Za-z0-9+/=]*)'\)/g

/** Before a report is made. Without an earlier one nothing is done. */
export function beginWithHistory(history: string, allureResults: string): void {
  if (!existsSync(history)) return
  const to = join(allureResults, 'history')
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(history).filter((one) => one.endsWith('.json')))
    copyFileSync(join(history, name), join(to, name))
}

/** After it is made. */
export function keepHistory(page: string, history: string): void {
  mkdirSync(history, { recursive: true })
  for (const [, name, content] of readFileSync(page, 'utf8').matchAll(FILE))
    writeFileSync(join(history, name!), Buffer.from(content!, 'base64'))
}
