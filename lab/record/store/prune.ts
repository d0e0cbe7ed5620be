/** Which runs of a results folder may go, and what they take. Baselines are no runs and are never touched. */
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isBeingWritten } from './being-written.ts'
import { beganOf, latestName, runNames } from './run-names.ts'

/** How many of the newest to keep, or how old the others are at least, in milliseconds. */
export type Prune = { readonly keep: number } | { readonly olderThanMs: number }

export interface Prunable {
  readonly going: readonly { readonly name: string; readonly bytes: number }[]
  /** Those that would go, and why they stay. */
  readonly staying: readonly { readonly name: string; readonly why: string }[]
}

/** Removes nothing. The oldest first. */
export function prunable(results: string, what: Prune, now: Date): Prunable {
  const names = runNames(results)
  const latest = new Set([latestName(results), names.at(-1)])
  const candidates =
    'keep' in what
      ? names.slice(0, Math.max(0, names.length - what.keep))
      : names.filter((name) => now.getTime() - Date.parse(beganOf(name)) > what.olderThanMs)
  const staying = candidates.flatMap((name) => {
    if (isBeingWritten(results, name, now.getTime())) return [{ name, why: 'it is being written' }]
    return latest.has(name) ? [{ name, why: 'it is the latest' }] : []
  })
  const stays = new Set(staying.map(({ name }) => name))
  const going = candidates.filter((name) => !stays.has(name))
  return { going: going.map((name) => ({ name, bytes: bytesOf(join(results, name)) })), staying }
}

/** A run that cannot be removed: mostly since it belongs to root, whose run it was. */
export class RemovalRefused extends Error {
  override readonly name = 'RemovalRefused'
}

/** @throws RemovalRefused */
export function removeRun(results: string, name: string): void {
  const path = join(results, name)
  try {
    rmSync(path, { recursive: true })
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    throw new RemovalRefused(`${path} cannot be removed whole (${code}): do this as its owner`)
  }
}

/** What it takes on the disk, which counts in blocks of 512 bytes (stat(2)). */
function bytesOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  const inside = found.isDirectory() ? readdirSync(path).map((name) => bytesOf(join(path, name))) : []
  return inside.reduce((sum, bytes) => sum + bytes, found.blocks * 512)
}
