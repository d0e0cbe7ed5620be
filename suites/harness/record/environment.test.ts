import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { readEnvironment, writeEnvironment } from '../../../lab/record/environment.ts'
import { runFolder } from '../../../lab/record/run-folder.ts'

test('A bed that is opened again is what it is now, and the run began when it was opened first', () => {
  const path = mkdtempSync(join(tmpdir(), 'redirect-lab-environment-'))
  const folder = runFolder(path)
  const [first, again] = ['2026-02-01T02:00:00.000Z', '2026-02-01T03:00:00.000Z']
  expect(readEnvironment(folder)).toEqual({})
  writeEnvironment(folder, { began: first, kernel: '6.18.1', microcode: '0x1' })
  writeEnvironment(folder, { began: again, kernel: '6.18.2' })
  expect(readEnvironment(folder)).toEqual({ began: first, kernel: '6.18.2' })
  rmSync(path, { recursive: true })
})
