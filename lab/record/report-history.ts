/**
 * What Allure remembers of earlier reports: the fate of each test, and its trends. It hands it on in files beside a
 * report's page, which a report of one page holds within itself: they are taken out of it and kept in a folder, which
 * the next report begins with.
 */
import { copyFileSync, createReadStream, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** As Allure puts files into its page, a line each: name, and content in base64. */
const FILE = /^\s*d\('history\/([\w-]+\.json)','([A-Za-z0-9+/=]*)'\)/

/** Before a report is made. Without an earlier one nothing is done. */
export function beginWithHistory(history: string, allureResults: string): void {
  if (!existsSync(history)) return
  const to = join(allureResults, 'history')
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(history).filter((one) => one.endsWith('.json')))
    copyFileSync(join(history, name), join(to, name))
}

/** After it is made. A page may be larger than any string. */
export async function keepHistory(page: string, history: string): Promise<void> {
  mkdirSync(history, { recursive: true })
  for await (const line of createInterface({ input: createReadStream(page, 'latin1') })) {
    const [, name, content] = FILE.exec(line) ?? []
    if (name !== undefined) writeFileSync(join(history, name), Buffer.from(content!, 'base64'))
  }
}
