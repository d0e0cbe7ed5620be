/** Reads results of other implementations, kept beside the tests. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const FOLDER = join(import.meta.dirname, '../vectors')

/** @throws ZodError when the file is not of this shape */
export function readVectors<T>(name: string, shape: z.ZodType<T>): T[] {
  return z.array(shape).parse(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')))
}
