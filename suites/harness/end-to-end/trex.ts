/** An installation of TRex, where one is named: tests that need a real server are skipped without. */
import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Process } from './belongings.ts'
import { REPOSITORY, test } from './lab-command.ts'

export const TREX_DIR = process.env['TREX_DIR']
export const LOCAL_TREX = join(REPOSITORY, 'topologies/local-trex.yaml')

export function skipWithoutTrex(): void {
  test.skip(TREX_DIR === undefined, 'TREX_DIR names no installation of TRex')
}

/** Words before a command: it knows where TRex is. */
export const withTrex = (): string[] => ['env', `TREX_DIR=${TREX_DIR!}`]

export function trexServer(processes: readonly Process[]): Process | undefined {
  return processes.find(({ pid }) => {
    try {
      return /\/_t-rex-64$/.test(readlinkSync(`/proc/${pid}/exe`))
    } catch {
      return false
    }
  })
}
