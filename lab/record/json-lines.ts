/** Files of JSON lines, read at the door: what they hold may be cut short, older or newer than this version. */
import { z } from 'zod'

const Line = z.looseObject({ schema: z.number().int() })

export interface Door<T> {
  readonly record: z.ZodType<T>
  /** Of the lines that `record` describes. */
  readonly schema: number
  /** From a schema to the next one: what is added here reads all that was ever written. */
  readonly steps: Readonly<Record<number, (line: object) => object>>
}

export interface Lines<T> {
  readonly records: T[]
  /** Lines that are no JSON, mostly the last one of a run that crashed, or no record. */
  readonly damaged: number
  /** Lines of a schema that this version does not know yet. */
  readonly newer: number
}

/** What cannot be read is counted and left out. */
export function parseLines<T>(text: string, door: Door<T>): Lines<T> {
  const records: T[] = []
  let [damaged, newer] = [0, 0]
  for (const line of text.split('\n')) {
    if (line === '') continue
    const found = recordOf(line, door)
    if (found === 'damaged') damaged++
    else if (found === 'newer') newer++
    else records.push(found.record)
  }
  return { records, damaged, newer }
}

function recordOf<T>(text: string, door: Door<T>): { record: T } | 'damaged' | 'newer' {
  try {
    let line = Line.parse(JSON.parse(text))
    if (line.schema > door.schema) return 'newer'
    // A step that finds less than it looks for throws, or makes what is no record.
    while (line.schema < door.schema) line = Line.parse(door.steps[line.schema]!(line))
    return { record: door.record.parse(line) }
  } catch {
    return 'damaged'
  }
}
