import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { CATEGORIES } from '../../../../fixtures/categories.ts'
import type { NightRecord } from '../../../../lab/record/night/night.ts'
import { addNight } from '../../../../lab/record/night/night-report.ts'
import { type RunFolder, runFolder } from '../../../../lab/record/run-folder.ts'
import { cellOf, SimulatedBed } from './simulated-bed.ts'

const test = base.extend<{ folder: RunFolder }>({
  folder: async ({}, use) => {
    const folder = runFolder(mkdtempSync(join(tmpdir(), 'night-')))
    mkdirSync(folder.allureResults)
    await use(folder)
    rmSync(folder.path, { recursive: true })
  },
})

interface Result {
  readonly name: string
  readonly status: string
  readonly statusDetails: { readonly message: string }
  readonly attachments: readonly { readonly source: string }[]
}

const resultsOf = ({ allureResults }: RunFolder): Result[] =>
  readdirSync(allureResults)
    .filter((name) => name.endsWith('-result.json'))
    .map((name) => JSON.parse(readFileSync(join(allureResults, name), 'utf8')) as Result)

const categoryOf = ({ status, statusDetails: { message } }: Result) =>
  CATEGORIES.filter(
    ({ messageRegex, matchedStatuses }) =>
      (matchedStatuses as readonly string[]).includes(status) &&
      // Java writes its flags inside, and matches the whole of a text.
      new RegExp(`^(?:${messageRegex.replace('(?s)', '')})$`, 's').test(message),
  ).map(({ name }) => name)

const add = (folder: RunFolder, bed: SimulatedBed, more: Partial<NightRecord> = {}) =>
  addNight(folder, {
    tonight: { ...bed.nights.at(-1)!, ...more },
    ...{ text: 'the summary', nights: bed.nights, environment: {}, exit: 3 },
  })

test('Each figure is a result whose status and category say its verdict, with its trend and the change point in it', async ({
  folder,
}) => {
  const all = (['devmap', 'cpumap', 'xskmap', 'ifindex', 'devmap-hash'] as const).map((name) => cellOf(name))
  const bed = new SimulatedBed('report', all, { noise: 0.001 })
  bed.live(20)
  bed.level = ({ target }) => (target === 'devmap' ? 0.9 : target === 'devmap-hash' ? 1.1 : 1)
  bed.fault = ({ target }, run) => {
    if (target === 'xskmap') return { invalid: 'generator limit: 9 frames a second' }
    return target === 'cpumap' && run === 0 ? { value: 7_000_000 } : undefined
  }
  bed.live(2)
  await add(folder, bed)
  const results = resultsOf(folder)
  const told = Object.fromEntries(
    results.map((one) => [one.name.split('/')[0]!, [one.status, ...categoryOf(one)]] as const),
  )
  expect(told).toEqual({
    'The night': ['broken'],
    devmap: ['failed', 'Slower than on the nights before'],
    'devmap-hash': ['passed', 'Faster than on the nights before'],
    cpumap: ['passed', 'Suspicious, and as usual when measured again, or chance'],
    xskmap: ['broken', 'The generator could not offer what was asked'],
    ifindex: ['passed'],
  })
  const slower = results.find(({ name }) => name.startsWith('devmap/'))!
  const picture = readFileSync(join(folder.allureResults, slower.attachments[0]!.source), 'utf8')
  expect(picture).toMatch(/>average between change</)
  expect(picture).toMatch(/>−10(\.\d+)? %<.*>regressed</s)
})

test('Forty tests that a dead generator kept from running are one result, and what was measured before stays', async ({
  folder,
}) => {
  const old = (name: string, status: string, message: string) => {
    const result = { uuid: name, name, status, statusDetails: { message }, attachments: [] }
    writeFileSync(join(folder.allureResults, `${name}-result.json`), JSON.stringify(result))
  }
  old('held', 'passed', '')
  old('lost', 'failed', 'Error: LOST: 3 of 10 frames')
  for (let at = 0; at < 40; at++) old(`dead-${at}`, 'failed', 'Error: INFRA: generator: it is gone')
  const bed = new SimulatedBed('dead', [])
  bed.live(1)
  await add(folder, bed, { broken: 'generator: it is gone' })
  await add(folder, bed, { broken: 'generator: it is gone' })
  const results = resultsOf(folder)
  expect(results.map(({ name }) => name).sort()).toEqual(['The night', 'held', 'lost'])
  const night = results.find(({ name }) => name === 'The night')!
  expect(night.status).toBe('broken')
  expect(categoryOf(night)).toEqual(['The lab broke: nothing is said about the DUT'])
})
