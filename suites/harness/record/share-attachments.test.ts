import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from '@playwright/test'
import { shareAttachments } from '../../../lab/record/share-attachments.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'share-'))
    await use(folder)
    rmSync(folder, { recursive: true })
  },
})

/** A test with its picture of the bed, deep in a step, and its ledger. */
function addTest(folder: string, name: string, picture: string, ledger: string): void {
  const attach = (what: string, kind: string, text: string) => {
    const source = `${name}-${what}-attachment.${kind}`
    writeFileSync(join(folder, source), text)
    return { name: what, source, type: 'text/plain' }
  }
  const result = {
    uuid: name,
    steps: [{ steps: [{ attachments: [attach('topology', 'svg', picture)] }] }],
    attachments: [attach('ledger', 'txt', ledger)],
  }
  writeFileSync(join(folder, `${name}-result.json`), JSON.stringify(result))
}

/** What each attachment of a test says, by its name. */
function told(folder: string, name: string): Record<string, string> {
  const texts: Record<string, string> = {}
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('source' in value && 'name' in value)
      texts[String(value.name)] = readFileSync(join(folder, String(value.source)), 'utf8')
    Object.values(value).forEach(walk)
  }
  walk(JSON.parse(readFileSync(join(folder, `${name}-result.json`), 'utf8')))
  return texts
}

const attachments = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.includes('-attachment'))

test('What several tests attach alike is one file, and each test still shows all of its own', ({
  folder,
}) => {
  addTest(folder, 'a', 'the bed', 'ledger a')
  addTest(folder, 'b', 'the bed', 'ledger b')
  addTest(folder, 'c', 'the bad', 'ledger c')
  shareAttachments(folder)
  expect(attachments(folder)).toHaveLength(5)
  expect(told(folder, 'a')).toEqual({ topology: 'the bed', ledger: 'ledger a' })
  expect(told(folder, 'b')).toEqual({ topology: 'the bed', ledger: 'ledger b' })
  expect(told(folder, 'c')).toEqual({ topology: 'the bad', ledger: 'ledger c' })
  shareAttachments(folder)
  expect(attachments(folder)).toHaveLength(5)
  expect(told(folder, 'b')).toEqual({ topology: 'the bed', ledger: 'ledger b' })
})

test('Files of one content and two kinds stay two: a reader shows them by their kind', ({ folder }) => {
  addTest(folder, 'a', 'the same', 'the same')
  shareAttachments(folder)
  expect(attachments(folder)).toHaveLength(2)
})

test('While a result cannot be read no file goes: it may be the one that names it', ({ folder }) => {
  addTest(folder, 'a', 'the bed', 'ledger a')
  addTest(folder, 'b', 'the bed', 'ledger b')
  writeFileSync(join(folder, 'cut-result.json'), '{"uuid":"cu')
  shareAttachments(folder)
  expect(attachments(folder)).toHaveLength(4)
  expect(existsSync(join(folder, 'b-topology-attachment.svg'))).toBe(true)
  expect(told(folder, 'b')).toEqual({ topology: 'the bed', ledger: 'ledger b' })
})
