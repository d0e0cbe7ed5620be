/**
 * A lab that could not be opened is not tried again by every test that follows: the first cause is noted in
 * the run's folder, and is what all of them, and the command, report.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { InvalidProfile } from '../generator/trex/profile.ts'
import { InvalidTopology } from '../topology/invalid-topology.ts'

const BrokenLab = z.object({ exitCode: z.number(), message: z.string() })
export type BrokenLab = z.infer<typeof BrokenLab>

const fileIn = (folder: string) => join(folder, 'broken.json')

export function noteBrokenLab(folder: string, error: unknown): void {
  const exitCode = error instanceof InvalidTopology || error instanceof InvalidProfile ? 2 : 3
  const message = error instanceof Error ? error.message : String(error)
  writeFileSync(fileIn(folder), JSON.stringify({ exitCode, message } satisfies BrokenLab))
}

export function brokenLab(folder: string): BrokenLab | undefined {
  try {
    return BrokenLab.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')))
  } catch {
    return undefined
  }
}

/** A run that is resumed opens its lab anew: what was wrong with the one before it was told then. */
export function forgetBrokenLab(folder: string): void {
  rmSync(fileIn(folder), { force: true })
}
