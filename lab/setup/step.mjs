/** One step of the set-up: a command whose output goes to a log and is shown only where it failed. */

import { spawn } from 'node:child_process'
import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LAST_LINES = 20

/** The set-up cannot go on. The message is for a person and is all there is to say. */
export class SetUpFailed extends Error {
  name = 'SetUpFailed'
  exitCode = 3
}

/**
 * Runs a command. @throws {SetUpFailed} with the last lines of its output and where all of it is.
 *
 * @param {string} what what is being done, as in "installing npm packages"
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ log: string, cwd?: string, env?: Record<string, string | undefined> }} options
 */
export async function step(what, program, args, { log, cwd, env = process.env }) {
  const output = openSync(log, 'a+')
  try {
    writeSync(output, `\n== ${what}\n`)
    const before = readFileSync(log).length
    const outcome = await run(program, args, { cwd, env, output })
    if (outcome === 'exit code 0') return
    const lines = readFileSync(log).subarray(before).toString().trimEnd().split('\n').slice(-LAST_LINES)
    throw new SetUpFailed(
      `${what} failed: ${program} ended with ${outcome}. The last lines it wrote:\n\n` +
        `${lines.map((line) => `  ${line}`).join('\n')}\n\nAll of it: ${log}`,
    )
  } finally {
    closeSync(output)
  }
}

/**
 * A new log under results/, or under the folder of temporary files where results/ cannot be written.
 *
 * @param {string} repository
 */
export function startLog(repository) {
  let folder = join(repository, 'results')
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch {
    folder = mkdtempSync(join(tmpdir(), 'redirect-lab-'))
  }
  const log = join(folder, 'setup.log')
  closeSync(openSync(log, 'w'))
  return log
}

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string | undefined, env: Record<string, string | undefined>, output: number }} options
 * @returns {Promise<string>}
 */
function run(program, args, { cwd, env, output }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, output] })
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(signal || `exit code ${code}`))
  })
}
