/** A YAML text as a value, and where in the text each part of the value stands. */
import * as yaml from 'yaml'
import { InvalidTopology, type Path, type Place, type Problem } from './invalid-topology.ts'

export interface YamlSource {
  readonly value: unknown
  /** Of a scalar, the scalar; of a map or list, its key; of what is absent, what should hold it. */
  readonly place: (path: Path) => Place
  /** Of a key in a map. */
  readonly placeOfKey: (path: Path) => Place
}

/** @throws InvalidTopology: bad YAML, duplicate keys, several documents, nothing at all. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problem = (offset: number, message: string): Problem => ({
    file,
    ...placeOf(offset),
    path: '',
    message,
  })

  const problems = [
    ...worthTelling(document).map((one) => problem(one.pos[0], complaint(one, text))),
    ...danglingAliases(document).map(({ source, range }) =>
      problem(range?.[0] ?? 0, `expected an anchor &${source} before this alias, found none`),
    ),
  ]
  if (problems.length > 0) throw new InvalidTopology(problems)
  if (document.contents === null || (yaml.isScalar(document.contents) && document.contents.value === null))
    throw new InvalidTopology([problem(0, 'expected a topology, found an empty file')])

  return {
    value: toValue(document, (message) => new InvalidTopology([problem(0, message)])),
    place: (path) => {
      const { key, node } = locate(document, path)
      return placeOf((isOneWord(node) ? node : (key ?? node))?.range?.[0] ?? 0)
    },
    placeOfKey: (path) => {
      const { key, node } = locate(document, path)
      return placeOf((key ?? node)?.range?.[0] ?? 0)
    },
  }
}

type Document = yaml.Document.Parsed
interface Found {
  /** Absent for the whole document and for an item of a list. */
  readonly key?: yaml.Node | undefined
  readonly node: yaml.Node | null
}

/** Follows the path as far as it exists; what is missing is answered with what should hold it. */
function locate(document: Document, path: Path): Found {
  let found: Found = { node: document.contents }
  for (const step of path) {
    const next = descend(yaml.isAlias(found.node) ? found.node.resolve(document) : found.node, step)
    if (next === undefined) return found.key === undefined ? found : { key: found.key, node: null }
    found = next
  }
  return found
}

function descend(node: unknown, step: string | number): Found | undefined {
  if (yaml.isSeq<yaml.Node>(node)) {
    const item = node.items[Number(step)]
    return item && { node: item }
  }
  if (!yaml.isMap<yaml.Node, yaml.Node | null>(node)) return undefined
  const pair = node.items.find(({ key }) => yaml.isScalar(key) && String(key.value) === String(step))
  return pair && { key: pair.key, node: pair.value }
}

function isOneWord(node: yaml.Node | null): boolean {
  return yaml.isAlias(node) || (yaml.isScalar(node) && node.value !== null)
}

/** What follows an error of syntax is the parser's guess at what was meant, so the first is told alone. */
function worthTelling({ errors, warnings }: Document): yaml.YAMLError[] {
  const syntax = errors.find(({ code }) => code !== 'DUPLICATE_KEY')
  return syntax === undefined ? [...errors, ...warnings] : [syntax]
}

function complaint({ code, message, pos }: yaml.YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]*/.exec(text.slice(pos[0]))![0]
    return `expected each key of a map once, found ${key} again`
  }
  if (code === 'MULTIPLE_DOCS') return 'expected one YAML document, found another'
  return `expected YAML: ${message}`
}

function danglingAliases(document: Document): yaml.Alias[] {
  const dangling: yaml.Alias[] = []
  yaml.visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined) dangling.push(alias)
    },
  })
  return dangling
}

/** Aliases of aliases can grow past the parser's bound; it throws then. */
function toValue(document: Document, failure: (message: string) => Error): unknown {
  try {
    return document.toJS()
  } catch (error) {
    throw failure(`expected YAML: ${(error as Error).message}`)
  }
}
