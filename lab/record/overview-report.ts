/** Puts the overview of a run where its readers look first: a picture in its folder, and into its report. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bedText, readEnvironment, type RunEnvironment } from './environment.ts'
import { escapeHtml } from './html.ts'
import { type Overview, overviewOf } from './overview.ts'
import { drawOverviewSvg } from './overview-svg.ts'
import { countsText, gridText, noteWords, rowText, verdictText } from './overview-text.ts'
import { readCells, type RunFolder } from './run-folder.ts'

const TITLE = 'What works on this driver'
/** Sorts before the name of every suite. */
const GROUP = 'At a glance'
/** One name each: made again, it takes the place of what was there. */
const RESULT = 'overview-result.json'
const PICTURE = 'overview-attachment.svg'

/** Of whatever cells there are; without any that name a target, nothing is written. */
export async function addOverview(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.allureResults)) return
  // Conditions caused on purpose say nothing of what works.
  const overview = overviewOf((await readCells(folder)).cells.filter(({ drop }) => !drop))
  const environment = readEnvironment(folder)
  const { allureResults } = folder
  writeFileSync(join(allureResults, 'environment.properties'), environmentProperties(overview, environment))
  if (overview.rows.length === 0) return
  const picture = drawOverviewSvg(overview, environment)
  writeFileSync(join(folder.path, 'overview.svg'), picture)
  writeFileSync(join(allureResults, PICTURE), picture)
  writeFileSync(
    join(allureResults, RESULT),
    `${JSON.stringify(allureResult(overview, environment), null, 1)}\n`,
  )
}

/** The report's first page shows these lines, in their order and the first five at once. */
export function environmentProperties(overview: Overview, environment: RunEnvironment): string {
  const lines = [
    ...overview.rows.map((row) => [row.target, rowText(row, overview)] as const),
    ...Object.entries(environment),
  ]
  return lines.map(([name, value]) => `${name}=${property(value)}\n`).join('')
}

/** As java.util.Properties reads it: one line, a backslash doubled. */
const property = (value: string): string => value.replaceAll('\\', '\\\\').replace(/\s*\n\s*/g, ' ')

/** A result as Allure's adapters write them (allure-results/*-result.json). */
function allureResult(overview: Overview, environment: RunEnvironment): object {
  const began = Date.parse(environment['began'] ?? '') || Date.now()
  const label = (name: string, value: string) => ({ name, value })
  return {
    uuid: 'overview',
    historyId: 'overview',
    name: TITLE,
    fullName: TITLE,
    status: statusOf(overview),
    // The report shows this first, and with letters of one width.
    statusDetails: { message: `${verdictText(overview)}\n\n${gridText(overview)}` },
    stage: 'finished',
    descriptionHtml: descriptionHtml(overview, environment),
    steps: [],
    attachments: [{ name: 'the same as a picture', source: PICTURE, type: 'image/svg+xml' }],
    parameters: [],
    labels: [
      label('parentSuite', GROUP),
      label('suite', 'All targets'),
      label('epic', GROUP),
      label('feature', 'All targets'),
    ],
    // Not of the run's span: the timeline has a line for what takes time.
    start: began,
    stop: began,
  }
}

function statusOf({ rows }: Overview): 'passed' | 'failed' | 'broken' | 'skipped' {
  const answers = new Set(rows.flatMap(({ fields }) => fields.map(({ answer }) => answer)))
  if (answers.has('fails')) return 'failed'
  if (answers.has('no answer')) return 'broken'
  return answers.has('works') || answers.has('refused') ? 'passed' : 'skipped'
}

/** The report strips styles from it. */
function descriptionHtml(overview: Overview, environment: RunEnvironment): string {
  const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`
  const notes = overview.notes.map((note) => {
    const { head, body } = noteWords(note)
    return `<p><b>${note.number}&nbsp;&nbsp;${escapeHtml(head)}</b><br>${body.map(escapeHtml).join('<br>')}</p>`
  })
  return [paragraph(bedText(environment)), paragraph(countsText(overview)), ...notes].join('<br>')
}
