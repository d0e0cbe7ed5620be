import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { topologyJsonSchema } from '../../../lab/topology/json-schema.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { test } from './topology-file.ts'

const FOLDER = join(import.meta.dirname, '../../../topologies')
const FIRST_LINE = '# yaml-language-server: $schema=topology.schema.json\n'

test('Every topology of the project loads, is named like its file, and tells editors its schema', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml'))
  expect(files).toEqual(expect.arrayContaining(['local.yaml', 'two-port.yaml']))
  for (const file of files) {
    const { topology } = await loadTopology(join(FOLDER, file))
    expect(`${topology.name}.yaml`).toBe(file)
    expect(await readFile(join(FOLDER, file), 'utf8')).toContain(FIRST_LINE)
  }
})

test('The schema for editors is that of the loader', async () => {
  const checkedIn: unknown = JSON.parse(await readFile(join(FOLDER, 'topology.schema.json'), 'utf8'))
  expect(checkedIn, 'write it anew from topologyJsonSchema()').toEqual(topologyJsonSchema())
})

test('Every field of the schema for editors is described', () => {
  expect(undescribed(topologyJsonSchema(), '')).toEqual([])
})

/** Paths of properties without a description; a reference is described where it leads. */
function undescribed(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}/${key}`
    // The properties of a `oneOf` beside properties only narrow what is described there.
    if (key !== 'properties' || /\/oneOf\/\d+$/.test(path)) return undescribed(value, here)
    return Object.entries(value as Record<string, object>).flatMap(([name, property]) => [
      ...('description' in property || '$ref' in property ? [] : [`${here}/${name}`]),
      ...undescribed(property, `${here}/${name}`),
    ])
  })
}
