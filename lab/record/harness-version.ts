/** Which harness measured: its commit, marked when files differ from it. */
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))

/** undefined where it is no clone, or git is not there. */
export async function harnessVersion(): Promise<string | undefined> {
  // Root measures in a clone that belongs to a user, which git takes for a trap.
  const argv = [
    '-c',
    `safe.directory=${REPOSITORY.replace(/\/$/, '')}`,
    'describe',
    '--always',
    '--abbrev=12',
    '--dirty',
  ]
  const { stdout, failed } = await execa('git', argv, { cwd: REPOSITORY, reject: false, stderr: 'ignore' })
  return failed || stdout === '' ? undefined : stdout
}
