/** `lab report`: renders a run again, and opens it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { addOverview } from '../record/overview-report.ts'
import { renderReport } from '../record/report.ts'
import { latestRunFolder, RESULTS, runFolder } from '../record/run-folder.ts'
import { WrongUse } from './wrong-use.ts'

export async function report(run: string | undefined, { open }: { open?: boolean }): Promise<void> {
  const folder =
    run === undefined ? latestRunFolder() : runFolder(run.includes('/') ? run : join(RESULTS, run))
  if (!existsSync(folder.allureResults))
    throw new WrongUse(`${folder.path} holds no run: \`lab run\` makes one`)
  // A run that was cut short has none yet.
  await addOverview(folder)
  const page = await renderReport(folder)
  console.log(`Report: ${page}`)
  if (open)
    await execa('xdg-open', [page], { stdio: 'ignore' }).catch(() =>
      console.error(`No browser could be opened; open ${page} yourself.`),
    )
}
