/** What every benchmark of the devmap path can be told. */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

export interface Options {
  /** Times that each contender runs. */
  readonly rounds: number
  /** In each run. */
  readonly frames: number
  /** Frames that leave together. */
  readonly batch: number
  /** That sends. */
  readonly cpu: number
}

const HIGHEST: Readonly<Record<keyof Options, number>> = {
  rounds: 1_000,
  frames: 2 ** 31 - 1,
  batch: 256,
  cpu: cpus().length - 1,
}

/** From the command line; ends the process with exit code 2 for what cannot be, and 3 where nothing can be measured. */
export function options(defaults: Partial<Options>): Options {
  const usual: Options = { rounds: 7, frames: 3_000_000, batch: 64, cpu: HIGHEST.cpu, ...defaults }
  const names = Object.keys(usual) as (keyof Options)[]
  const given = parse(names)
  const chosen = names.map((name) => {
    const text = given[name]
    const value = text === undefined ? usual[name] : Number(text)
    if (!Number.isInteger(value) || value < (name === 'cpu' ? 0 : 1) || value > HIGHEST[name])
      end(2, `--${name} is a whole number up to ${HIGHEST[name]}, not '${text ?? ''}'`)
    return [name, value] as const
  })
  if (process.getuid?.() !== 0) end(3, 'the virtual lab makes network namespaces: run as root, or with sudo')
  return Object.fromEntries(chosen) as unknown as Options
}

function parse(names: readonly string[]): Partial<Record<string, string>> {
  try {
    const known = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
    return parseArgs({ options: known }).values
  } catch (error) {
    return end(2, (error as Error).message)
  }
}

function end(exitCode: number, why: string): never {
  console.error(why)
  process.exit(exitCode)
}
