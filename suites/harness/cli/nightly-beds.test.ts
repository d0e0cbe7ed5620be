import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { nightlyBeds } from '../../../lab/cli/topology.ts'
import { WrongUse } from '../../../lab/cli/wrong-use.ts'
import { InvalidTopology } from '../../../lab/topology/invalid-topology.ts'

const LOCAL = readFileSync(join(import.meta.dirname, '../../../topologies/local.yaml'), 'utf8')

const test = base.extend<{ folder: string; printed: string[] }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'beds-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
  printed: async ({}, use) => {
    const printed: string[] = []
    const { log } = console
    console.log = (line: string) => void printed.push(line)
    await use(printed)
    console.log = log
  },
})

const bed = (folder: string, file: string, name: string, more = '') => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), `${LOCAL.replace('name: local', `name: ${name}`)}\n${more}`)
}

test('The matrix of a night has the beds that say nightly: true, by name and file, and no other', async ({
  folder,
  printed,
}) => {
  bed(folder, 'b.yaml', 'second', 'nightly: true')
  bed(folder, 'a.yaml', 'first', 'nightly: true')
  bed(folder, 'c.yaml', 'by-day', 'nightly: false')
  bed(folder, 'd.yaml', 'never')
  writeFileSync(join(folder, 'notes.txt'), 'nightly: true')
  await nightlyBeds(folder)
  expect(JSON.parse(printed.join('\n'))).toEqual([
    { name: 'first', file: join(folder, 'a.yaml') },
    { name: 'second', file: join(folder, 'b.yaml') },
  ])
})

test('A folder without a bed for the night makes an empty matrix', async ({ folder, printed }) => {
  await nightlyBeds(folder)
  expect(printed).toEqual(['[]'])
})

test('One invalid topology stops the night before it begins, and is named', async ({ folder }) => {
  bed(folder, 'a.yaml', 'good', 'nightly: true')
  bed(folder, 'b.yaml', 'bad', 'nightly: perhaps')
  const refused = nightlyBeds(folder)
  await expect(refused).rejects.toBeInstanceOf(InvalidTopology)
  await expect(refused).rejects.toThrow(/b\.yaml:\d+:\d+: nightly/)
})

test('Two beds of one name would wait for one runner and overwrite each other: that is refused', async ({
  folder,
}) => {
  bed(folder, 'a.yaml', 'same', 'nightly: true')
  bed(folder, 'b.yaml', 'same', 'nightly: true')
  await expect(nightlyBeds(folder)).rejects.toThrow(/are called same/)
  await expect(nightlyBeds(join(folder, 'nowhere'))).rejects.toBeInstanceOf(WrongUse)
})
