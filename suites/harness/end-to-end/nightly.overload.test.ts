/** A night that measures, on the virtual lab. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, expectReadable, test } from './lab-command.ts'
import { nightIn } from './night.ts'

test('A short night measures, judges and reports its cells, and the next one begins with what it left', async ({
  lab,
  folder,
}) => {
  test.setTimeout(180_000)
  const results = join(folder, 'results')
  const outcome = await lab([
    ...['nightly', 'devmap', '--parts', 'bench', '--budget', '40s', '--results', results],
  ])
  expectReadable(outcome)
  const { record, text, results: told } = nightIn(results)
  expect(record.figures.map(({ quantity }) => quantity)).toEqual(['pdr', 'mrr'])
  expect(record.figures.find(({ quantity }) => quantity === 'mrr')).toMatchObject({
    cell: { topology: 'local-bench', target: 'devmap', size: 64 },
    verdict: 'learning',
    runs: [expect.any(Number)],
  })
  expect(outcome.stdout).toContain(text.trim())
  expect(text).toContain('soft')
  expect(told.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['The night', 'devmap/linear/native/64/1@local-bench mrr']),
  )
  expect(existsSync(join(results, 'allure-history', 'local-bench', 'history.json'))).toBe(true)
})
