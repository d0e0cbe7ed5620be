/** Tells of files that could not be read to their end, on standard error: results go on without them. */
import { join } from 'node:path'
import { type Unread, unreadText } from '../record/store/read-run.ts'

const SHOWN = 5

export function sayUnread(
  results: string,
  runs: readonly { readonly name: string; readonly unread: readonly Unread[] }[],
): void {
  const lines = runs.flatMap(({ name, unread }) => unreadText(join(results, name), unread))
  for (const line of lines.slice(0, SHOWN)) console.error(line)
  if (lines.length > SHOWN)
    console.error(`and ${lines.length - SHOWN} more files that could not be read whole`)
}
