/** The `lab` command in processes of its own, with nothing of the outer test run in its environment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test as base } from '@playwright/test'
import type { CellRecord } from '../../../lab/record/cell.ts'
import { Belongings, type Process } from './belongings.ts'

export { expect }

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
export const RESULTS = join(REPOSITORY, 'results/')
const LAB = join(REPOSITORY, 'lab/cli/lab.mjs')
const WAIT_MS = 20_000
/** A look costs a few ms of the CPU that the lab needs. */
const STEP_MS = 60
export const GONE_MS = 2_000

/** Words before a command that is run without root's rights. */
export const AS_NOBODY = [
  ...['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--no-new-privs'],
  ...['env', 'HOME=/tmp'],
]

export interface Outcome {
  /** 128 + n when signal n ended it, as a shell says. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  /** Words before `node`: `nsenter …`. They must become the command and not stay its parent. */
  readonly within?: readonly string[]
}

export class LabCommand {
  readonly belongings: Belongings
  readonly outcome: Promise<Outcome>
  readonly #child: ChildProcess
  /** Process numbers come back, and with them names of folders. */
  readonly #foldersBefore = new Set(folders())
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], { within = [] }: StartOptions = {}) {
    const mark = randomUUID()
    this.belongings = new Belongings(mark)
    const [program, ...rest] = [...within, process.execPath, LAB, ...args]
    // Leader of a process group, as a shell makes it.
    this.#child = spawn(program!, rest, {
      cwd: REPOSITORY,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LAB_TEST_MARK: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()))
    this.outcome = once(this.#child, 'exit').then(async ([code, signal]) => {
      // What it started may hold its pipes for a while; what it said itself has come by then.
      await Promise.race([once(this.#child, 'close'), delay(200)])
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stdout: this.#stdout,
        stderr: this.#stderr,
      }
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** Folder of its run, once it has made one. */
  get folder(): string | undefined {
    const name = folders().find((one) => one.endsWith(`Z-${this.pid}`) && !this.#foldersBefore.has(one))
    return name === undefined ? undefined : join(RESULTS, name)
  }

  get cells(): CellRecord[] {
    const file = join(this.folder ?? '', 'cells.jsonl')
    if (!existsSync(file)) return []
    return jsonLines(readFileSync(file, 'utf8')) as CellRecord[]
  }

  /** Whether it has written this to its standard output so far. */
  hasSaid(text: string): boolean {
    return this.#stdout.includes(text)
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** As a terminal does at Ctrl-C. */
  killGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal)
  }

  /** Waits until a look at the lab finds something. @throws when the command ends or time passes first. */
  async until<T>(
    what: string,
    look: (processes: readonly Process[]) => T | Promise<T>,
    waitMs = WAIT_MS,
  ): Promise<NonNullable<T>> {
    const end = performance.now() + waitMs
    while (performance.now() < end) {
      if (this.#child.exitCode !== null)
        throw new Error(`the lab ended before ${what}:\n${this.#stdout}${this.#stderr}`)
      const found = await look(await this.belongings.processes())
      if (found) return found
      await delay(STEP_MS)
    }
    throw new Error(`not within ${waitMs} ms: ${what}\n${this.#stdout}${this.#stderr}`)
  }

  /** Ends whatever is left, and removes what it wrote. */
  async dispose(): Promise<void> {
    for (const { pid } of await this.belongings.processes()) tryKill(pid)
    await this.outcome
    await this.belongings.leftAfter(GONE_MS)
    await this.belongings.forget()
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true })
  }
}

interface Fixtures {
  /** A folder that goes away with the test. */
  folder: string
  /** Starts the command; it is ended with the test. */
  start: (args: readonly string[], options?: StartOptions) => LabCommand
  /** Runs the command to its end. */
  lab: (args: readonly string[], options?: StartOptions) => Promise<Outcome>
}

export const test = base.extend<Fixtures & { root: undefined }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'redirect-lab-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },

  start: async ({}, use) => {
    const started: LabCommand[] = []
    await use((args, options) => {
      const one = new LabCommand(args, options)
      started.push(one)
      return one
    })
    for (const one of started) await one.dispose()
  },
  lab: async ({ start }, use) => use((args, options) => start(args, options).outcome),
  root: [
    async ({}, use) => {
      test.skip(process.getuid?.() !== 0, 'network namespaces are made by root')
      await use(undefined)
    },
    { auto: true },
  ],
})

export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}

/**
 * Everything of the lab is gone in time; how long it took is kept with the test.
 * @param but name of processes that may take longer: the command has a summary to write when the lab is gone.
 */
export async function expectNothingLeft(lab: LabCommand, { but }: { but?: string } = {}): Promise<void> {
  const { left, ms } = await lab.belongings.leftAfter(GONE_MS, but)
  test.info().annotations.push({ type: 'everything gone after', description: `${ms} ms` })
  expect(lab.belongings.namespaces.length, 'namespaces that were found while it ran').toBeGreaterThan(0)
  expect(left, `what is left ${ms} ms later`).toEqual([])
}

/** Messages are for people: no stack, no word of an inner error. */
export function expectReadable({ stdout, stderr }: Outcome): void {
  expect(stdout + stderr).not.toMatch(/^\s+at .*[:(]\d+:\d+/m)
  expect(stdout + stderr).not.toMatch(/node_modules|defect of redirect-lab|\[object |undefined/)
}

function folders(): string[] {
  return existsSync(RESULTS) ? readdirSync(RESULTS) : []
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
