/** `lab report`: renders a run again, and opens it. */
import { join } from 'node:path'
import { execa } from 'execa'
import { renderReport } from '../record/report.ts'
import { latestRunFolder, RESULTS, runFolder } from '../record/run-folder.ts'

export async function report(run: string | undefined, { open }: { open?: boolean }): Promise<void> {
  const page = await renderReport(
    run === undefined ? latestRunFolder() : runFolder(run.includes('/') ? run : join(RESULTS, run)),
  )
  console.log(`Report: ${page}`)
  if (open)
    await execa('xdg-open', [page], { stdio: 'ignore' }).catch(() =>
      console.error(`No browser could be opened; open ${page} yourself.`),
    )
}
