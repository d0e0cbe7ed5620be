/** What the documents say is there: paths, options, suites, stages, examples that work. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as base } from '@playwright/test'
import { suiteFiles } from '../../../lab/cli/suites.ts'
import { STAGES } from '../../../lab/measure/reasons.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { TARGETS } from '../../../lab/units/redirect.ts'

const execute = promisify(execFile)
const REPOSITORY = join(import.meta.dirname, '../../..')
const LAB = join(REPOSITORY, 'lab/cli/lab.mjs')
/** docs/drops.md is made of what the lab knows. */
const PAGES = readdirSync(join(REPOSITORY, 'docs'))
  .filter((name) => name.endsWith('.md') && name !== 'drops.md')
  .map((name) => `docs/${name}`)
const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...PAGES]
/** Words in a path that stand for one that the reader has. */
const STANDS_FOR = /\b(NAME|ARCH|RUN|FILE)\b/
/** Made by building and running. */
const MADE = /^(results|lab\/agent\/build|fixtures\/programs\/build)\//

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-docs-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

for (const document of DOCUMENTS) {
  test(`Every link of ${document} leads somewhere`, () => {
    const targets = linksWithin(document)
    expect(targets.filter((target) => !leadsSomewhere(document, target))).toEqual([])
  })

  test(`Every path that ${document} names is there`, () => {
    const paths = code(read(document)).flatMap(pathsIn)
    expect(paths.filter((path) => !isThere(path))).toEqual([])
  })

  test(`Every script of npm that ${document} names is there`, () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    expect(scriptsIn(document).filter((name) => !(name in scripts))).toEqual([])
  })

  test(`Every option of lab that ${document} names is one that the command has`, async () => {
    const unknown: string[] = []
    for (const { command, options } of uses(read(document))) {
      const known = await optionsOf(command)
      unknown.push(
        ...options
          .filter((option) => !known.has(option))
          .map((option) => `lab ${command.join(' ')} ${option}`),
      )
    }
    expect(unknown).toEqual([])
  })
}

test('There is something to hold each document to', () => {
  for (const document of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    expect(linksWithin(document).length, `links of ${document}`).toBeGreaterThan(0)
    expect(code(read(document)).flatMap(pathsIn).length, `paths in ${document}`).toBeGreaterThan(2)
    expect(scriptsIn(document).length, `scripts in ${document}`).toBeGreaterThan(0)
  }
  for (const page of PAGES) expect(uses(read(page)).length, `commands in ${page}`).toBeGreaterThan(0)
})

test('README leads to every page', () => {
  const targets = linksWithin('README.md')
  expect([...PAGES, 'docs/drops.md'].filter((page) => !targets.includes(page))).toEqual([])
})

test('README names every option of `lab run`, and every command', async () => {
  const readme = code(read('README.md')).join('\n')
  const options = [...(await optionsOf(['run']))].filter((option) => !['-h', '--help'].includes(option))
  expect(options.length).toBeGreaterThan(5)
  expect(options.filter((option) => !mentions(readme, option))).toEqual([])
  const commands = (await commandsOf()).filter((command) => command !== 'help')
  expect(commands.length).toBeGreaterThan(5)
  expect(commands.filter((command) => !mentions(readme, `lab ${command}`))).toEqual([])
})

test('Every suite is named, and of every target what its program needs', () => {
  const text = ['README.md', ...PAGES].map(read).join('\n')
  const missing = suiteFiles().filter(({ name }) => !text.includes(`\`${name}\``))
  expect(missing.map(({ name }) => name)).toEqual([])
  const rows = tableRows(read('docs/programs.md'))
  expect(TARGETS.filter((target) => !rows.includes(`\`${target}\``))).toEqual([])
})

test('ARCHITECTURE tells of every stage of the ledger, in its order, and of every folder of lab/', () => {
  const architecture = read('ARCHITECTURE.md')
  const rows = tableRows(architecture).filter((first) => (STAGES as readonly string[]).includes(first))
  expect(rows).toEqual([...STAGES])
  const folders = readdirSync(join(REPOSITORY, 'lab'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `lab/${name}`)
  expect(folders.filter((folder) => !mentions(architecture, folder))).toEqual([])
})

test('The topologies in the documents are valid', async ({ folder }) => {
  const examples = DOCUMENTS.flatMap((document) => blocks(read(document), 'yaml'))
  expect(examples.length).toBeGreaterThan(0)
  for (const [index, example] of examples.entries()) {
    const file = join(folder, `${index}.yaml`)
    writeFileSync(file, example)
    await loadTopology(file)
  }
})

test('The program in docs/programs.md compiles as it says, and offers what the lab asks for', async ({
  folder,
}) => {
  const page = read('docs/programs.md')
  const [program, ...others] = blocks(page, 'c')
  expect(others).toEqual([])
  const command = blocks(page, 'sh')
    .flatMap((block) => block.split('\n'))
    .find((line) => line.startsWith('clang '))
  expect(command, 'the command that compiles it').toContain('own.bpf.c')
  writeFileSync(join(folder, 'own.bpf.c'), program!)
  const { stderr } = await execute('sh', ['-c', `${command!} -Wall -Wextra -Wno-sign-compare -Werror`], {
    cwd: folder,
  })
  expect(stderr).toBe('')
  const object = readFileSync(join(folder, 'own.bpf.o'), 'latin1')
  for (const name of ['redirect', 'targets', 'counted']) expect(object).toContain(`\0${name}\0`)
})

const read = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8')

/** Fenced blocks of a language. */
function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block]) => block!,
  )
}

const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '')

/** What is set in code: each command of a span, and of each line of a shell block without its comment. */
function code(text: string): string[] {
  const spans = [...withoutBlocks(text).matchAll(/`([^`]+)`/g)].map(([, span]) => span!.replaceAll('\n', ' '))
  const lines = blocks(text, 'sh').flatMap((block) => block.split('\n'))
  return [...spans, ...lines.map((line) => line.replace(/\s#.*$/, ''))].flatMap((one) =>
    one.split(/ && | > /),
  )
}

function links(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
}

/** Links of a document to other places of the repository. */
const linksWithin = (document: string): string[] =>
  links(read(document)).filter((target) => !/^[a-z]+:/.test(target))

function scriptsIn(document: string): string[] {
  return code(read(document)).flatMap((text) =>
    [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(([, run, alias]) => run ?? alias!),
  )
}

function leadsSomewhere(document: string, target: string): boolean {
  const [file = '', heading] = target.split('#')
  const at = file === '' ? document : join(dirname(document), file)
  if (!existsSync(join(REPOSITORY, at))) return false
  return heading === undefined || headings(read(at)).includes(heading)
}

/** As GitHub makes anchors of them. */
function headings(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Words that begin with a folder of the repository, or are a file at its top. */
function pathsIn(text: string): string[] {
  const top = readdirSync(REPOSITORY, { withFileTypes: true })
  const folders = top.filter((entry) => entry.isDirectory()).map(({ name }) => `${name}/`)
  return text
    .split(/[\s'"=]+/)
    .filter((word) => folders.some((folder) => word.startsWith(folder)) || /^[A-Z]+\.md$/.test(word))
    .filter((path) => !STANDS_FOR.test(path) && !MADE.test(path))
}

/** A path may end in a pattern: `fixtures/programs/*.bpf.c`. */
function isThere(path: string): boolean {
  if (!path.includes('*')) return existsSync(join(REPOSITORY, path))
  const [before = '', after = ''] = path.split('*')
  const folder = join(REPOSITORY, before)
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(after))
}

interface Use {
  readonly command: readonly string[]
  readonly options: readonly string[]
}

/** Where a document runs the command or names an option. A span that is an option alone is one of `lab run`. */
function uses(text: string): Use[] {
  return code(text).flatMap((one) => {
    const [, words] = /(?:^|\bnpx )lab ((?:[a-z]+ ?)*.*)$/.exec(one) ?? []
    const options = [...(words ?? one).matchAll(/(?<=^|\s)--?[a-z][\w-]*/g)].map(([option]) => option)
    if (options.length === 0) return []
    if (words !== undefined) return [{ command: commandOf(words), options }]
    return /^--?[a-z]/.test(one) ? [{ command: ['run'], options: options.slice(0, 1) }] : []
  })
}

function commandOf(words: string): string[] {
  const [command = '', second = ''] = words.split(' ')
  return ['topology', 'results', 'baseline'].includes(command) ? [command, second] : [command]
}

const helps = new Map<string, Promise<string>>()

function help(command: readonly string[]): Promise<string> {
  const key = command.join(' ')
  const asked =
    helps.get(key) ??
    execute(process.execPath, [LAB, ...command, '--help'], { cwd: REPOSITORY }).then(({ stdout }) => stdout)
  helps.set(key, asked)
  return asked
}

/** An option stands at the beginning of its line of help. */
async function optionsOf(command: readonly string[]): Promise<Set<string>> {
  const lines = (await help(command)).split('\n').filter((line) => /^ {2}-/.test(line))
  return new Set(
    lines.flatMap((line) => /^ {2}(-[^<[]*?)(?: {2}| [<[]|$)/.exec(line)?.[1]?.split(', ') ?? []),
  )
}

async function commandsOf(): Promise<string[]> {
  const [, commands = ''] = (await help([])).split('Commands:')
  return [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, command]) => command!)
}

/** As a word of its own: `--frames` is not mentioned by `--frames-per-cell`. */
function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text)
}

/** First cells of the rows of all tables. */
function tableRows(text: string): string[] {
  return [...text.matchAll(/^\| ([^|]*?) *\|/gm)].map(([, first]) => first!)
}
