/** Says in words what a value of a topology should have been, from the schema's descriptions. */
import * as z from 'zod'
import { didYouMean, quote } from './did-you-mean.ts'

const SECRET = /^pass$|^pwd$|pass(wd|word|phrase|code)|secret|token|credential|private[-_]?key/i
const LONGEST_SHOWN = 60

/** For zod's `error`. An issue of several unknown keys gives one line for each. */
export const explain: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape) : []
    return issue.keys.map((key) => unknownKey(key, known)).join('\n')
  }
  if (issue.code === 'invalid_key') {
    const name = issue.path?.at(-1)
    return expected(issue.inst instanceof z.ZodRecord ? describe(issue.inst.keyType) : 'a key', name)
  }
  if (issue.code === 'invalid_union' && typeof issue.discriminator === 'string') {
    const words = Array.isArray(issue.options) ? issue.options.map(String) : []
    const found = (issue.input as Record<string, unknown>)[issue.discriminator]
    return expected(words.map(quote).join(' or '), found) + didYouMean(found, words)
  }
  const words = issue.inst instanceof z.ZodUnion ? literals(issue.inst.options) : []
  return expected(describe(issue.schema ?? issue.inst), issue.input) + didYouMean(issue.input, words)
}

function unknownKey(key: string, known: readonly string[]): string {
  if (SECRET.test(key))
    return `a topology holds no secrets: remove it (and change it, if it was shared), then name a private key file (key: ~/.ssh/id_ed25519) or use the SSH agent (agent: true)`
  return `expected one of ${known.join(', ')}, found ${quote(key)}${didYouMean(key, known)}`
}

function expected(what: string, found: unknown): string {
  return `expected ${what}, found ${show(found)}`
}

function describe(schema: unknown): string {
  if (!(schema instanceof z.ZodType)) return 'something else'
  if (schema instanceof z.ZodLiteral)
    return [...schema.values].map((value) => quote(String(value))).join(' or ')
  return schema.description ?? `a value of type ${schema.type}`
}

function literals(options: readonly unknown[]): string[] {
  return options.flatMap((option) => (option instanceof z.ZodLiteral ? [...option.values].map(String) : []))
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'a map'
  // What stands before an @ may be a user with a password.
  if (typeof value === 'string' && value.includes('@')) return 'text with an "@"'
  if (typeof value !== 'string') return JSON.stringify(value)
  return value.length > LONGEST_SHOWN ? `${quote(value.slice(0, LONGEST_SHOWN))}…` : quote(value)
}
