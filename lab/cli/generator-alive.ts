/** Whether a night can be had at all: the hosts answer, and the generator sends and receives by itself. */
import { openHosts } from '../provider/open-hosts.ts'
import type { LoadedTopology } from '../topology/load.ts'
import { ceilingsText, selfTest } from './self-test.ts'

/**
 * Its ceilings are told and not kept: they are of a tenth of a second, and a machine that was busy just then would make
 * every trial of the night one above the ceiling. `lab doctor --self-test` keeps them, with somebody looking on.
 *
 * @param cabled names of two ports of the generator that are cabled to each other; a virtual bed makes a cable.
 * @returns what the generator does by itself, in words. @throws what is wrong with the bed.
 */
export async function generatorAlive(
  loaded: LoadedTopology,
  cabled: readonly [string, string] | undefined,
): Promise<string> {
  const { generator } = loaded.topology
  const hosts = await openHosts(loaded.topology)
  try {
    if (generator.host !== 'namespace' && cabled === undefined)
      return 'The generator was not tried by itself: no two of its ports are said to be cabled to each other (--self-test a,b).'
    const ceilings = await selfTest(hosts.generator, loaded, cabled)
    const silent = ceilings.sizes.find(({ lost, sent }) => lost >= sent)
    if (silent)
      throw new GeneratorSilent(
        `generator: of ${silent.sent} frames of ${silent.size} bytes that it sent to itself none arrived. Look at its cable and ports: \`lab doctor --self-test\` tries it alone`,
      )
    return ceilingsText(ceilings).trim()
  } finally {
    await hosts.close()
  }
}

/** It answers, and no frame comes back. */
class GeneratorSilent extends Error {
  override readonly name = 'GeneratorSilent'
}
