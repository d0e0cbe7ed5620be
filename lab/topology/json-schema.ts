/**
 * The schema of topology files for editors. It is checked in as topologies/topology.schema.json, as this
 * makes it and prettier formats it; a test keeps it current.
 */
import * as z from 'zod'
import { TopologySchema } from './schema.ts'

/** Draft 7: the newest draft that every YAML language server understands. */
export function topologyJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(TopologySchema, { target: 'draft-7', io: 'input' })
}
