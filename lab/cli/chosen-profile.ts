/** Which profile of TRex the suite `profile` sends: that of the command, or else that of the topology. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Topology } from '../topology/schema.ts'
import type { SuiteFile } from './suites.ts'
import { WrongUse } from './wrong-use.ts'

const SUITE = 'profile'
/** As TRex's library tells them apart (STLProfile.load). */
const ENDING = /^[^.]+\.(py|yaml)$/

/** @returns its path, absolute; undefined for the mix of sizes. @throws WrongUse */
export function chosenProfile(
  suites: readonly SuiteFile[],
  { generator }: Topology,
  asked: string | undefined,
): string | undefined {
  if (!suites.some(({ name }) => name === SUITE)) {
    if (asked === undefined) return undefined
    throw new WrongUse(`--profile is for the suite ${SUITE}: lab run ${SUITE} --profile ${asked}`)
  }
  const declared = generator.kind === 'trex' ? generator.profile : undefined
  const path = asked === undefined ? declared : resolve(asked)
  if (path === undefined) return undefined
  if (generator.kind !== 'trex')
    throw new WrongUse(
      '--profile needs a generator of kind trex: the soft one sends the lab’s own frames alone',
    )
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (!ENDING.test(name))
    throw new WrongUse(`a profile is a file NAME.py or NAME.yaml, with no other dot in its name: ${path}`)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new WrongUse(`there is no profile ${path}`)
  return path
}
