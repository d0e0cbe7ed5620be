/**
 * Many beds in one report. Allure takes results of one historyId for one test that was tried again, and so would hide all
 * beds but the last: each result is copied with its bed in every name by which it is told apart. What was tried again
 * on one bed stays a retry.
 */
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { jsonOrNothing } from '../remote/json-or-nothing.ts'
import { withSources } from './attachment-sources.ts'
import { bedText, readEnvironment, type RunEnvironment, topologyName } from './environment.ts'
import type { RunFolder } from './run-folder.ts'

export interface Bed {
  /** Name of its topology; of a second DUT under the same topology, that and a number. */
  readonly name: string
  readonly run: RunFolder
  readonly environment: RunEnvironment
}

/** Runs of one topology are of one bed while all of this is the same. */
const isOfDut = (name: string): boolean => name === 'driver' || name === 'cpu' || name.startsWith('dut.')

/** In the order of the runs. */
export function bedsOf(runs: readonly RunFolder[]): Bed[] {
  const duts = new Map<string, string[]>()
  return runs.map((run) => {
    const environment = readEnvironment(run)
    const topology = topologyName(environment) ?? basename(run.path)
    const dut = JSON.stringify(
      Object.entries(environment)
        .filter(([name]) => isOfDut(name))
        .sort(),
    )
    const known = duts.get(topology) ?? []
    if (!known.includes(dut)) duts.set(topology, [...known, dut])
    const number = duts.get(topology)!.indexOf(dut) + 1
    return { name: number === 1 ? topology : `${topology} (${number})`, run, environment }
  })
}

const Label = z.looseObject({ name: z.string(), value: z.string() })
/** Of a result as much as is changed; the rest goes through as it is. */
const Result = z.looseObject({
  uuid: z.string(),
  historyId: z.string().optional(),
  testCaseId: z.string().optional(),
  fullName: z.string().optional(),
  labels: z.array(Label).default([]),
  parameters: z.array(z.looseObject({ name: z.string() })).default([]),
})
type Result = z.infer<typeof Result>

const ASIDE = new Set(['environment.properties', 'categories.json', 'executor.json', 'history'])

/** What was in the folder before goes away. @returns names of files that are no results, which are left out. */
export function mergeBeds(beds: readonly Bed[], { allureResults }: RunFolder): string[] {
  rmSync(allureResults, { recursive: true, force: true })
  mkdirSync(allureResults, { recursive: true })
  const unread = beds.flatMap(({ name, run }, index) =>
    copyRun(name, `${index}-`, run.allureResults, allureResults),
  )
  const categories = beds
    .map(({ run }) => join(run.allureResults, 'categories.json'))
    .find((file) => existsSync(file))
  if (categories !== undefined) cpSync(categories, join(allureResults, 'categories.json'))
  writeFileSync(join(allureResults, 'environment.properties'), environmentOf(beds))
  return unread
}

/** Two runs may have files of one name: those that the lab itself writes. */
function copyRun(bed: string, prefix: string, from: string, to: string): string[] {
  return readdirSync(from).flatMap((name) => {
    const [path, copy] = [join(from, name), join(to, `${prefix}${name}`)]
    if (ASIDE.has(name)) return []
    if (!/-(result|container)\.json$/.test(name)) {
      linkOrCopy(path, copy)
      return []
    }
    const value = jsonOrNothing(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null) return [path]
    const moved = withSources(value, (source) => prefix + source)
    if (name.endsWith('-container.json')) {
      const container = z.looseObject({ children: z.array(z.string()).default([]) }).parse(moved)
      writeFileSync(
        copy,
        JSON.stringify({ ...container, children: container.children.map((id) => prefix + id) }),
      )
      return []
    }
    const result = Result.safeParse(moved)
    if (!result.success) return [path]
    writeFileSync(copy, JSON.stringify(ofBed(result.data, bed, prefix)))
    return []
  })
}

function ofBed(result: Result, bed: string, prefix: string): Result {
  const { uuid, historyId, testCaseId, fullName, labels, parameters } = result
  const of = (name: string) => labels.find((label) => label.name === name)?.value
  const suites = [of('parentSuite'), of('suite'), of('subSuite')].filter((one) => one !== undefined)
  const [suite, ...below] = suites
  const moved = new Set(['parentSuite', 'suite', 'subSuite', 'host'])
  return {
    ...result,
    uuid: `${prefix}${uuid}`,
    historyId: `${bed} ${historyId ?? fullName ?? uuid}`,
    testCaseId: `${bed} ${testCaseId ?? fullName ?? uuid}`,
    fullName: `${bed}: ${fullName ?? uuid}`,
    parameters: [{ name: 'bed', value: bed }, ...parameters],
    labels: [
      ...labels.filter(({ name }) => !moved.has(name)),
      { name: 'parentSuite', value: bed },
      ...(suite === undefined ? [] : [{ name: 'suite', value: suite }]),
      ...(below.length === 0 ? [] : [{ name: 'subSuite', value: below.join(' › ') }]),
      { name: 'host', value: bed },
    ],
  }
}

/** Attachments are many and never changed. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    cpSync(from, to)
  }
}

/** A line for each run, as the report's first page shows it. */
function environmentOf(beds: readonly Bed[]): string {
  const seen = new Map<string, number>()
  return beds
    .map(({ name, environment }) => {
      const often = (seen.get(name) ?? 0) + 1
      seen.set(name, often)
      const key = (often === 1 ? name : `${name}, run ${often}`).replaceAll(' ', '\\ ')
      return `${key}=${bedText(environment).replaceAll('\\', '\\\\') || 'it never came to its bed'}\n`
    })
    .join('')
}
