/** `lab topology`: checks, draws and describes topology files. */
import { drawTopology } from '../topology/draw-topology.ts'
import { drawTopologySvg } from '../topology/draw-topology-svg.ts'
import { InvalidTopology, type Problem } from '../topology/invalid-topology.ts'
import { topologyJsonSchema } from '../topology/json-schema.ts'
import { loadTopology } from '../topology/load.ts'

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

export function topologySchema(): void {
  console.log(JSON.stringify(topologyJsonSchema(), null, 2))
}
