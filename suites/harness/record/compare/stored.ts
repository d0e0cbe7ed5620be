/** Writes the runs of a machine as a run leaves them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Side } from '../../../../lab/record/compare/side.ts'
import { writeEnvironment } from '../../../../lab/record/environment.ts'
import { appendMeasurement } from '../../../../lab/record/measurement.ts'
import { appendCell, runFolder } from '../../../../lab/record/run-folder.ts'
import { whole } from '../cells-of-run.ts'

/** Each run gets a folder inside, named like it. @returns path of the folder of all. */
export function store(folder: string, { runs }: Side): string {
  for (const { name, environment, cells, measurements } of runs) {
    const run = runFolder(join(folder, name))
    mkdirSync(run.path, { recursive: true })
    writeEnvironment(run, environment)
    for (const cell of cells) appendCell(run, { ...whole(['devmap', 'linear', 'native']), ...cell })
    for (const one of measurements) appendMeasurement(run, one)
  }
  return folder
}

/** One run as an accepted baseline. */
export function storeBaseline(file: string, { runs: [run] }: Side): string {
  const { name, environment, cells, measurements } = run!
  const accepted = { at: '2026-11-25T08:00:00.000Z', by: 'somebody', why: 'the first' }
  writeFileSync(
    file,
    JSON.stringify({
      schema: 1,
      accepted,
      run: name,
      environment,
      cells: cells.map((cell) => ({ about: null, ...cell })),
      measurements,
    }),
  )
  return file
}
