/** Small real worlds for the set-up to work in: a checkout, a machine, a process. */

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base } from '@playwright/test'

export { expect } from '@playwright/test'

export const project = fileURLToPath(new URL('../../..', import.meta.url))

export interface Outcome {
  readonly code: number
  /** Standard output, then standard error. */
  readonly output: string
}

/** Every process that a test starts must reach its own files only, whatever the outer run has set. */
const CLEAN_ENV = { PATH: process.env.PATH, HOME: process.env.HOME }

export const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

/** Writes a file and the folders above it; what starts with `#!` can be run. */
export function put(folder: string, path: string, content: string): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
}

export const shell = (script: string): string => `#!/bin/sh\n${script}\n`

/** A checkout in which nothing is left to install or to build, with the real set-up in it. */
export function checkout(folder: string): string {
  const root = join(folder, 'checkout')
  cpSync(join(project, 'lab/setup'), join(root, 'lab/setup'), { recursive: true })
  const manifest = { name: 'sandbox', version: '1.0.0', type: 'module' }
  put(root, 'package.json', JSON.stringify(manifest))
  put(root, 'package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: { '': manifest } }))
  put(root, 'node_modules/.package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: {} }))
  put(root, 'lab/agent/Makefile', 'all:\n')
  put(root, 'fixtures/programs/Makefile', 'all:\n')
  return root
}

/** `setUpOrExit` of a checkout, in a process of its own, on a given machine. */
export const setUpOn = (root: string, machine: object): Promise<Outcome> =>
  run(root, [
    '--input-type=module',
    '--eval',
    `import { setUpOrExit } from ${JSON.stringify(join(root, 'lab/setup/setup.mjs'))}
     await setUpOrExit({ machine: ${JSON.stringify(machine)} })`,
  ])

/** Runs node to its end. */
export const run = (cwd: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd, env: CLEAN_ENV }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

/** Starts node as a shell's foreground job would be: leader of a process group. */
export const start = (cwd: string, args: readonly string[]): ChildProcess =>
  spawn(process.execPath, args, { cwd, env: CLEAN_ENV, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
