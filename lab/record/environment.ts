/** What a run's bed was: name and value of each fact, kept in the run's folder as soon as it is known. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { RunFolder } from './run-folder.ts'

export const ENVIRONMENT_FILE = 'environment.json'

export const RunEnvironment = z.record(z.string(), z.string())
/** `kernel`, `driver`, `topology` and `began` are among the names. */
export type RunEnvironment = Readonly<z.infer<typeof RunEnvironment>>

const fileIn = ({ path }: RunFolder) => join(path, ENVIRONMENT_FILE)

/** A run opens its bed again when its runner's process has ended, and began when it did so first. */
export function writeEnvironment(folder: RunFolder, environment: RunEnvironment): void {
  const { began = environment['began'] } = readEnvironment(folder)
  const kept = { ...environment, ...(began === undefined ? {} : { began }) }
  writeFileSync(fileIn(folder), `${JSON.stringify(kept, null, 1)}\n`)
}

/** Empty for a run that never came to its bed. */
export function readEnvironment(folder: RunFolder): RunEnvironment {
  try {
    return RunEnvironment.parse(JSON.parse(readFileSync(fileIn(folder), 'utf8')))
  } catch {
    return {}
  }
}

/** Without the hash of its file, which changes with every edit. undefined for a run that never came to its bed. */
export const topologyName = ({ topology }: RunEnvironment): string | undefined =>
  topology?.replace(/ \(\w+\)$/, '')

/** The bed in a line: driver, kernel, topology, time; and the generator, where its version is not that of a kernel. */
export function bedText({ driver, kernel, topology, generator, began }: RunEnvironment): string {
  const time = began === undefined ? undefined : `${began.slice(0, 16).replace('T', ' ')} UTC`
  const parts = [
    driver && `driver ${driver}`,
    kernel && `Linux ${kernel}`,
    topology && `topology ${topology}`,
    generator?.startsWith('trex ') === true ? generator.replace('trex', 'TRex') : undefined,
    time,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' · ')
}
