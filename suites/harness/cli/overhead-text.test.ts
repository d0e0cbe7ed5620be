import { expect, test } from '@playwright/test'
import { overheadText } from '../../../lab/cli/overhead-text.ts'

test('A run says what its trials took beyond their loads: the median, and the most', () => {
  const trials = [0.2, 0.9, 0.3].map((whole) => ({ overhead: { whole, generator: whole / 10 } }))
  expect(overheadText(trials)).toBe(
    'A trial took 0.30 s (at most 0.90 s) beyond its load, the generator 0.03 s (at most 0.09 s) of it',
  )
})

test('Of runs that did not note it, nothing is said', () => {
  expect(overheadText([])).toBe('')
  expect(overheadText([{}, { overhead: undefined }])).toBe('')
})
