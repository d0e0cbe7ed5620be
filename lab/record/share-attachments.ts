/**
 * Attachments of equal content become one file. A picture of the bed comes with each test, and most tests are repeated by
 * the same commands: of a night with thousands of cells a report takes a third less time for it.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonOrNothing } from '../remote/json-or-nothing.ts'
import { withSources } from './attachment-sources.ts'

const ATTACHMENT = /-attachment(\.\w+)?$/
const NAMES_ATTACHMENTS = /-(result|container)\.json$/

/** Changes the results in place; done again, it changes nothing. Results that cannot be read stay as they are. */
export function shareAttachments(allureResults: string): void {
  const names = readdirSync(allureResults)
  const shared = equals(
    allureResults,
    names.filter((name) => ATTACHMENT.test(name)),
  )
  if (shared.size === 0) return
  for (const name of names.filter((one) => NAMES_ATTACHMENTS.test(one))) {
    const path = join(allureResults, name)
    const text = readFileSync(path, 'utf8')
    const value = jsonOrNothing(text)
    // Somebody may name an attachment whose file we are about to remove: then none of them goes.
    if (value === undefined) return
    const changed = JSON.stringify(withSources(value, (source) => shared.get(source) ?? source))
    if (changed !== JSON.stringify(value)) writeFileSync(path, changed)
  }
  for (const name of shared.keys()) rmSync(join(allureResults, name))
}

/** Of each file that is like another one, that other. What differs in size or kind is not read. */
function equals(folder: string, names: readonly string[]): Map<string, string> {
  const alike = new Map<string, string[]>()
  for (const name of names) {
    const key = `${statSync(join(folder, name)).size} ${ATTACHMENT.exec(name)![1] ?? ''}`
    const group = alike.get(key)
    if (group) group.push(name)
    else alike.set(key, [name])
  }
  const shared = new Map<string, string>()
  for (const group of alike.values()) {
    if (group.length === 1) continue
    const first = new Map<string, string>()
    for (const name of group.sort()) {
      const content = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('base64')
      const same = first.get(content)
      if (same === undefined) first.set(content, name)
      else shared.set(name, same)
    }
  }
  return shared
}
