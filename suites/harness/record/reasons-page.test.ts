import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { REASONS, STAGES } from '../../../lab/measure/reasons.ts'
import { reasonsPage } from '../../../lab/record/reasons-page.ts'

test('docs/drops.md is what the table of reasons makes of it', () => {
  const page = readFileSync(new URL('../../../docs/drops.md', import.meta.url), 'utf8')
  expect(page, 'run `npm run docs:drops`').toBe(reasonsPage())
})

test('Every stage and every reason has its place on the page', () => {
  const headings = [...reasonsPage().matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!)
  expect(headings.filter((one) => (STAGES as readonly string[]).includes(one))).toEqual([...STAGES])
  expect(headings).toHaveLength(1 + STAGES.length + REASONS.length)
})
