/** A program run on behalf of this one. */

import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Runs a program, passes each kind of signal on once, and resolves to its exit code (128 + n if signal n ended it).
 *
 * One Ctrl-C arrives here twice: from the terminal, which signals its whole foreground group, and from npm, which
 * passes its own copy on. The child must see one, or it takes the second for impatience and skips its undo. So it
 * gets a session of its own, out of the terminal's reach, and only the first of each kind is passed on.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, stdio?: import('node:child_process').StdioOptions,
 *   onSignal?: (signal: string) => void }} options
 * @returns {Promise<number>}
 */
export function runChild(program, args, { cwd, env = process.env, stdio = 'inherit', onSignal = () => {} }) {
  return new Promise((resolve, reject) => {
    const listeners = SIGNALS.map((signal) => {
      let passed = false
      const listener = () => {
        if (passed) return
        passed = true
        child.kill(signal)
        onSignal(signal)
      }
      process.on(signal, listener)
      return () => process.off(signal, listener)
    })
    // After the listeners: a signal between the two would end this process and leave the child behind.
    const child = spawn(program, args, { cwd, env, stdio, detached: true })
    const forget = () => listeners.forEach((off) => off())
    child.on('error', (error) => (forget(), reject(error)))
    child.on('exit', (code, signal) => {
      forget()
      resolve(code === null ? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)] : code)
    })
  })
}
