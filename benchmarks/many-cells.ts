/** The results of a run, multiplied: as a night of many cells would have left them, with attachments as real ones are. */
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunFolder } from '../lab/record/run-folder.ts'

interface Result extends Record<string, unknown> {
  readonly uuid: string
  readonly name: string
  readonly historyId: string
  readonly fullName: string
}

/** Each has an identity and files of its own. @returns how many results and other files there are now. */
export function multiplyResults(
  from: RunFolder,
  to: RunFolder,
  cells: number,
): { results: number; files: number } {
  mkdirSync(to.allureResults, { recursive: true })
  const names = readdirSync(from.allureResults).filter((name) => name.endsWith('-result.json'))
  const made = names
    .map((name) => JSON.parse(readFileSync(join(from.allureResults, name), 'utf8')) as Result)
    // The overview is one for all.
    .filter(({ uuid }) => uuid.includes('-'))
  copyFileSync(join(from.allureResults, 'categories.json'), join(to.allureResults, 'categories.json'))
  const alike = sharedContents(from.allureResults)
  let files = 0
  for (let cell = 0; cell < cells; cell++) {
    const round = String(Math.floor(cell / made.length))
    const { uuid, name, historyId, fullName, ...rest } = made[cell % made.length]!
    const attach = (source: string): string => {
      files++
      const own = `${round}-${source}`
      copyFileSync(join(from.allureResults, source), join(to.allureResults, own))
      if (!alike.has(source)) appendFileSync(join(to.allureResults, own), `\n${blanks(round)}`)
      return own
    }
    const result = {
      ...(withSources(rest, attach) as object),
      ...{ uuid: `${round}-${uuid}`, name: `${name}, ${round}`, fullName: `${fullName}, ${round}` },
      ...{ historyId: `${round}-${historyId}`, testCaseId: `${round}-${historyId}` },
    }
    writeFileSync(join(to.allureResults, `${round}-${uuid}-result.json`), JSON.stringify(result))
  }
  return { results: cells, files }
}

/** What several tests of one run have alike, tests of another have, too: a picture of the bed. */
function sharedContents(folder: string): Set<string> {
  const byContent = new Map<string, string[]>()
  for (const name of readdirSync(folder).filter((one) => one.includes('-attachment'))) {
    const content = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('base64')
    byContent.set(content, [...(byContent.get(content) ?? []), name])
  }
  return new Set([...byContent.values()].filter(({ length }) => length > 1).flat())
}

/** A number that no reader of text, JSON, HTML or SVG sees. */
const blanks = (digits: string): string =>
  Number(digits).toString(2).replaceAll('0', ' ').replaceAll('1', '\t')

/** Attachments are named at any depth of steps. */
function withSources(value: unknown, attach: (source: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withSources(one, attach))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [
      key,
      key === 'source' && typeof one === 'string' ? attach(one) : withSources(one, attach),
    ]),
  )
}
