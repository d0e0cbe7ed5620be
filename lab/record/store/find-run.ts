/** The run that somebody means: by name, as `latest`, or as a path. */
import { realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'

export class NoSuchRun extends Error {
  override readonly name = 'NoSuchRun'
}

/** @returns its path, links followed. @throws NoSuchRun */
export function findRun(results: string, run: string): string {
  const path = run.includes('/') ? run : join(results, run)
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new NoSuchRun(
      run === 'latest'
        ? `${results} has no latest run: \`lab run\` makes one`
        : `there is no run ${path}; \`lab results list\` shows those that there are`,
    )
  return realpathSync(path)
}
