/** `lab topology`: checks, draws, describes and lists topology files. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { drawTopology } from '../topology/draw-topology.ts'
import { drawTopologySvg } from '../topology/draw-topology-svg.ts'
import { InvalidTopology, type Problem } from '../topology/invalid-topology.ts'
import { topologyJsonSchema } from '../topology/json-schema.ts'
import { loadTopology } from '../topology/load.ts'
import { WrongUse } from './wrong-use.ts'

/** @throws InvalidTopology with the problems of all files. */
export async function checkTopology(files: readonly string[]): Promise<void> {
  const problems: Problem[] = []
  for (const file of files)
    await loadTopology(file).then(
      ({ topology }) => console.log(`${file}: ${topology.name} is valid`),
      (error: unknown) => {
        if (!(error instanceof InvalidTopology)) throw error
        problems.push(...error.problems)
      },
    )
  if (problems.length > 0) throw new InvalidTopology(problems)
}

export async function showTopology(file: string, { svg }: { svg?: boolean }): Promise<void> {
  const { topology } = await loadTopology(file)
  console.log(svg ? drawTopologySvg(topology) : drawTopology(topology))
}

/**
 * The beds of a night, as a job matrix takes them: `[{"name": "two-port", "file": "topologies/two-port.yaml"}]`.
 *
 * @throws InvalidTopology with the problems of all files; WrongUse when the folder cannot be read, or has two of a name.
 */
export async function nightlyBeds(folder: string): Promise<void> {
  const files = filesOf(folder).map((name) => join(folder, name))
  const loaded = await Promise.all(files.map((file) => loadTopology(file).catch(problemsOf)))
  const problems = loaded.flatMap((one) => ('problems' in one ? one.problems : []))
  if (problems.length > 0) throw new InvalidTopology(problems)
  const beds = loaded.flatMap((one) =>
    'topology' in one && one.topology.nightly ? [{ name: one.topology.name, file: one.file }] : [],
  )
  const twice = beds.find(({ name }, at) => beds.findIndex((other) => other.name === name) !== at)
  if (twice)
    throw new WrongUse(
      `two topologies of ${folder} are called ${twice.name}, and both are for the night: give each bed a name of its own`,
    )
  console.log(JSON.stringify(beds))
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
  } catch (error) {
    throw new WrongUse(
      `${folder} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}): a folder of topology files is expected`,
    )
  }
}

function problemsOf(error: unknown): InvalidTopology {
  if (!(error instanceof InvalidTopology)) throw error
  return error
}

export function topologySchema(): void {
  console.log(JSON.stringify(topologyJsonSchema(), null, 2))
}
