import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { CATEGORIES } from '../../../fixtures/categories.ts'
import { readEnvironment, writeEnvironment } from '../../../lab/record/environment.ts'
import { addOverview, environmentProperties } from '../../../lab/record/overview-report.ts'
import { overviewOf } from '../../../lab/record/overview.ts'
import { appendCell, type RunFolder } from '../../../lab/record/run-folder.ts'
import { LOST, NO_TRIAL, tableOf, whole } from './cells-of-run.ts'
import { test } from './run-test.ts'

const BED = { kernel: '6.18.0', driver: 'veth', topology: 'local (1a2b)', began: '2026-11-25T03:54:00.000Z' }

interface AllureResult {
  readonly status: string
  readonly statusDetails: { readonly message: string }
  readonly descriptionHtml: string
  readonly labels: readonly { readonly name: string; readonly value: string }[]
  readonly attachments: readonly { readonly source: string }[]
}

async function resultOf({ allureResults }: RunFolder): Promise<AllureResult> {
  const files = (await readdir(allureResults)).filter((name) => name.endsWith('-result.json'))
  expect(files).toHaveLength(1)
  return JSON.parse(await readFile(join(allureResults, files[0]!), 'utf8')) as AllureResult
}

test('The report gets the answer as a result of its own, with the picture', async ({ run }) => {
  for (const cell of tableOf('devmap')) appendCell(run, cell)
  writeEnvironment(run, BED)
  await addOverview(run)
  const { status, statusDetails, labels, attachments, descriptionHtml } = await resultOf(run)
  expect(status).toBe('passed')
  expect(statusDetails.message).toMatch(/^Works: 4 of 4 fields\n\n.*\n.*\ndevmap {3}✓/)
  expect(descriptionHtml).toContain('driver veth · Linux 6.18.0')
  expect(labels).toContainEqual({ name: 'parentSuite', value: 'At a glance' })
  const picture = await readFile(join(run.path, 'overview.svg'), 'utf8')
  expect(picture).toContain('XDP_REDIRECT on veth')
  expect(await readFile(join(run.allureResults, attachments[0]!.source), 'utf8')).toBe(picture)
})

test('It sorts before every suite', async ({ run }) => {
  for (const cell of tableOf('devmap')) appendCell(run, cell)
  await addOverview(run)
  const { labels } = await resultOf(run)
  const suites = (await readdir(new URL('../../', import.meta.url))).filter((name) =>
    name.endsWith('.spec.ts'),
  )
  const group = labels.find(({ name }) => name === 'parentSuite')!.value
  for (const suite of suites) expect(group.localeCompare(suite), suite).toBeLessThan(0)
})

for (const [what, cell, status, category] of [
  ['a target fails', LOST, 'failed', 'What does not work on this driver'],
  [
    'the lab broke',
    { ...NO_TRIAL, verdict: 'infra' },
    'broken',
    'The lab broke: nothing is said about the DUT',
  ],
  ['a target is refused as documented', { refused: 'EOPNOTSUPP' }, 'passed', undefined],
  ['everything was skipped', { ...NO_TRIAL, verdict: 'skipped' }, 'skipped', undefined],
] as const)
  test(`When ${what} the result is ${status}`, async ({ run }) => {
    appendCell(run, { ...whole(['devmap', 'linear', 'native']), ...cell })
    await addOverview(run)
    const result = await resultOf(run)
    expect(result.status).toBe(status)
    const matching = CATEGORIES.filter(({ messageRegex }) =>
      new RegExp(`^(?:${messageRegex.replace('(?s)', '')})$`, 's').test(result.statusDetails.message),
    )
    expect(matching.map(({ name }) => name)).toEqual(category === undefined ? [] : [category])
  })

test('Reasons in the report are text, whatever they hold', async ({ run }) => {
  appendCell(run, { ...whole(['devmap', 'linear', 'native']), refused: '<img src=x> & "co"' })
  await addOverview(run)
  const { descriptionHtml } = await resultOf(run)
  expect(descriptionHtml).toContain('&lt;img src=x&gt; &amp; &quot;co&quot;')
  expect(descriptionHtml).not.toContain('<img')
})

test('Made again, it takes the place of what was there', async ({ run }) => {
  appendCell(run, whole(['devmap', 'linear', 'native']))
  await addOverview(run)
  appendCell(run, { ...whole(['devmap', 'linear', 'native']), ...LOST })
  await addOverview(run)
  expect((await resultOf(run)).status).toBe('failed')
})

test('A run without a cell, or without a target, gets no picture', async ({ run }) => {
  writeEnvironment(run, BED)
  await addOverview(run)
  appendCell(run, { ...whole(['devmap', 'linear', 'native']), about: null })
  await addOverview(run)
  expect(await readdir(run.allureResults)).toEqual(['environment.properties'])
  expect(existsSync(join(run.path, 'overview.svg'))).toBe(false)
})

test('A folder without results is left as it is', async ({ run }) => {
  await rm(run.allureResults, { recursive: true })
  await addOverview(run)
  expect(await readdir(run.path)).toEqual([])
})

test('The first page has a line for each target, then what the bed was, in its order', () => {
  const cells = [...tableOf('ifindex'), { ...whole(['devmap', 'linear', 'native']), ...LOST }]
  const lines = environmentProperties(overviewOf(cells), { ...BED, cmdline: 'a\\b\n c=d' }).split('\n')
  expect(lines).toEqual([
    'devmap=✗ linear native (899 redirect: ENOSPC), · linear generic, · non-linear native, · non-linear generic',
    'ifindex=✓ linear native, ✓ linear generic, ✓ non-linear native, ✓ non-linear generic',
    'kernel=6.18.0',
    'driver=veth',
    'topology=local (1a2b)',
    'began=2026-11-25T03:54:00.000Z',
    'cmdline=a\\\\b c=d',
    '',
  ])
})

test('What the bed was is kept with the run, and a run that never came to it has nothing', ({ run }) => {
  expect(readEnvironment(run)).toEqual({})
  writeEnvironment(run, BED)
  expect(readEnvironment(run)).toEqual(BED)
})
