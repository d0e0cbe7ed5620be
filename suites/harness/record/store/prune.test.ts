/** Which runs may go: whatever is asked, nothing goes that somebody still needs. */
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { isBeingWritten } from '../../../../lab/record/store/being-written.ts'
import { prunable, RemovalRefused, removeRun } from '../../../../lab/record/store/prune.ts'
import { test } from './run-files.ts'

const NOW = new Date('2026-03-10T02:00:00.000Z')
const DAY_MS = 86_400_000
const names = (all: readonly { name: string }[]) => all.map(({ name }) => name)

test('All but the newest go, the oldest first', ({ results }) => {
  const nights = results.nights([1, 2, 3, 4, 5])
  const { going, staying } = prunable(results.path, { keep: 2 }, NOW)
  expect(names(going)).toEqual(nights.slice(0, 3))
  expect(staying).toEqual([])
  expect(prunable(results.path, { keep: 9 }, NOW).going).toEqual([])
})

test('What is older than asked goes, by when it began and not by when it was copied', ({ results }) => {
  const nights = results.nights([1, 2, 3, 4, 5])
  const { going } = prunable(results.path, { olderThanMs: 7 * DAY_MS }, NOW)
  expect(names(going)).toEqual(nights.slice(0, 2))
})

test('The latest run stays, and so does the newest', ({ results }) => {
  const [first, second, third] = results.nights([1, 2, 3])
  results.latest(first!)
  const { going, staying } = prunable(results.path, { olderThanMs: DAY_MS }, NOW)
  expect(names(going)).toEqual([second])
  expect(staying).toEqual([
    { name: first, why: 'it is the latest' },
    { name: third, why: 'it is the latest' },
  ])
})

test('A run whose process lives stays', ({ results }) => {
  const began = new Date(Date.now() - 1_000 * process.uptime() + 60_000).toISOString().slice(0, 16)
  // This process began before it.
  const alive = results.add(began, {}, process.pid)
  results.add('2090-01-01T00:00')
  const { going, staying } = prunable(results.path, { keep: 1 }, new Date())
  expect(going).toEqual([])
  expect(staying).toEqual([{ name: alive, why: 'it is being written' }])
})

test('A process that began after the run is another one of the same number', ({ results }) => {
  const name = results.add('2026-03-01T02:00', {}, process.pid)
  expect(isBeingWritten(results.path, name, Date.now())).toBe(false)
})

test('A run without a summary is being written until nothing came for an hour', ({ results }) => {
  const name = results.add('2026-03-10T00:00', { summary: null })
  const wrote = (at: Date) => {
    const folder = join(results.path, name)
    for (const file of [...readdirSync(folder), '.']) utimesSync(join(folder, file), at, at)
  }
  wrote(new Date(NOW.getTime() - 59 * 60_000))
  expect(isBeingWritten(results.path, name, NOW.getTime())).toBe(true)
  wrote(new Date(NOW.getTime() - 61 * 60_000))
  expect(isBeingWritten(results.path, name, NOW.getTime())).toBe(false)
  wrote(NOW)
  writeFileSync(join(results.path, name, 'summary.json'), '{"passed":1,"failed":0,"skipped":0}')
  expect(isBeingWritten(results.path, name, NOW.getTime())).toBe(false)
})

test('Baselines, the index and other things are no runs, and never go', ({ results }) => {
  results.nights([1, 2])
  for (const other of ['baselines', '.index', 'checks', 'aside']) mkdirSync(join(results.path, other))
  expect(prunable(results.path, { keep: 1 }, NOW).going).toHaveLength(1)
})

test('What goes is measured as the disk does, and goes whole', ({ results }) => {
  const [first] = results.nights([1, 2])
  mkdirSync(join(results.path, first!, 'allure-results'))
  results.write(`${first!}/allure-results/a`, 'x'.repeat(1_000_000))
  const { going } = prunable(results.path, { keep: 1 }, NOW)
  expect(going[0]!.bytes).toBeGreaterThan(1_000_000)
  expect(going[0]!.bytes).toBeLessThan(1_100_000)
  removeRun(results.path, first!)
  expect(existsSync(join(results.path, first!))).toBe(false)
})

test('A run that cannot be removed is named, with what to do', ({ results }) => {
  expect(() => removeRun(results.path, 'gone')).toThrow(RemovalRefused)
  expect(() => removeRun(results.path, 'gone')).toThrow(/gone cannot be removed whole \(ENOENT\)/)
})
