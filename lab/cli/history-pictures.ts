/** `lab history --svg` and `--html`: the same history as charts. */
import { writeFileSync } from 'node:fs'
import { drawHistory } from '../record/charts/history.ts'
import type { RunEnvironment } from '../record/environment.ts'
import { escapeHtml } from '../record/html.ts'
import { cellName } from '../record/store/cell-name.ts'
import type { History } from '../record/store/history.ts'
import { WrongUse } from './wrong-use.ts'

/** @param bed of the newest run. @throws WrongUse unless there is one history, and its file can be written. */
export async function writeSvg(
  file: string,
  histories: readonly History[],
  bed: RunEnvironment,
): Promise<void> {
  const [only, ...others] = histories
  if (!only || others.length > 0)
    throw new WrongUse(
      `--svg is one chart, and ${histories.length} are asked for: name one cell with its --quantity, or take --html`,
    )
  write(file, await draw(only, bed))
}

/** One page, which needs nothing else. @throws WrongUse when its file cannot be written. */
export async function writeHtml(
  file: string,
  histories: readonly History[],
  bed: RunEnvironment,
  title: string,
): Promise<void> {
  const charts: string[] = []
  for (const history of histories) charts.push(`<figure>${await draw(history, bed)}</figure>`)
  const page = [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<style>body{font-family:system-ui,sans-serif;margin:2em auto;max-width:940px}figure{margin:2em 0}</style>',
    `</head><body><h1>History</h1><p>${escapeHtml(title)}</p>`,
    ...charts,
    '</body></html>',
    '',
  ]
  write(file, page.join('\n'))
}

function draw({ series, points }: History, bed: RunEnvironment): Promise<string> {
  const { cell, quantity, atLoad } = series
  const subject = `${cellName(cell)}${atLoad === undefined ? '' : `, ${atLoad}`}`
  return drawHistory({
    heading: { subject, environment: bed },
    quantity,
    nights: points.map(({ at, value, lower, upper }) => ({
      at: new Date(at).toISOString(),
      value,
      lower,
      upper,
    })),
    groups: [],
  })
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new WrongUse(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    )
  }
}
