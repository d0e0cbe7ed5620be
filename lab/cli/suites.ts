/** The suites there are: one file each. */
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { closest } from 'fastest-levenshtein'
import { WrongUse } from './wrong-use.ts'

const FOLDER = fileURLToPath(new URL('../../suites/', import.meta.url))
const ENDING = '.spec.ts'
const BY_NAME = /^Run by name\. /

export interface SuiteFile {
  readonly name: string
  readonly file: string
  /** What it says of itself in its first comment. */
  readonly about: string
  /** It is left out of a run that names no suites: its first comment begins so. */
  readonly byName: boolean
}

export function suiteFiles(): SuiteFile[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort()
    .map((name) => {
      const file = `${FOLDER}${name}${ENDING}`
      const comment = firstComment(file)
      return { name, file, about: comment.replace(BY_NAME, ''), byName: BY_NAME.test(comment) }
    })
}

/** @throws WrongUse for a name that is no suite. */
export function chooseSuites(names: readonly string[]): SuiteFile[] {
  const all = suiteFiles()
  if (names.length === 0) return all.filter(({ byName }) => !byName)
  return names.map((name) => {
    const suite = all.find((one) => one.name === name)
    if (!suite) {
      const known = all.map((one) => one.name)
      throw new WrongUse(
        `there is no suite '${name}'; did you mean '${likely(name, known)}'? Suites: ${known.join(', ')}`,
      )
    }
    return suite
  })
}

/** Of a name that was cut short the one that it begins, else the one with the fewest letters changed. */
function likely(name: string, known: readonly string[]): string {
  const typed = name.toLowerCase()
  return known.find((one) => one.startsWith(typed)) ?? closest(typed, known)
}

function firstComment(file: string): string {
  const [, text = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? []
  return text.replace(/\s*\n\s*\*?/g, ' ').trim()
}
