/** Puts a night into its report: a result for each figure with its trend, and one in place of all that a broken lab left. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonOrNothing } from '../../remote/json-or-nothing.ts'
import { drawHistory } from '../charts/history.ts'
import type { Verdict } from '../charts/verdict-glyph.ts'
import type { RunEnvironment } from '../environment.ts'
import type { RunFolder } from '../run-folder.ts'
import { cellName } from '../store/cell-name.ts'
import { figureLine, figureName, statusOf } from './figure-text.ts'
import { type Night, type NightFigure, type NightRecord } from './night.ts'
import { trendOf } from './trend.ts'

const GROUP = 'At a glance'
const TITLE = 'The night'
const OF_LAB = /INFRA: /

export interface NightReport {
  readonly tonight: NightRecord
  readonly text: string
  /** Of the bed, tonight among them. */
  readonly nights: readonly Night[]
  readonly environment: RunEnvironment
  /** Whether somebody has to look, and at what. */
  readonly exit: 0 | 1 | 3
}

/** Made again, it takes the place of what was there. */
export async function addNight(
  { allureResults }: RunFolder,
  { tonight, text, nights, environment, exit }: NightReport,
): Promise<void> {
  if (!existsSync(allureResults)) return
  removeOfLab(allureResults)
  const start = Date.parse(tonight.began)
  const write = (id: string, result: object) => {
    writeFileSync(
      join(allureResults, `${id}-result.json`),
      `${JSON.stringify({ uuid: id, stage: 'finished', steps: [], parameters: [], start, stop: start, ...result }, null, 1)}\n`,
    )
  }
  write('night', {
    historyId: `night ${tonight.topology}`,
    name: TITLE,
    fullName: `${TITLE} on ${tonight.topology}`,
    status: ({ 0: 'passed', 1: 'failed', 3: 'broken' } as const)[exit],
    statusDetails: { message: tonight.broken === undefined ? text : `INFRA: ${tonight.broken}\n\n${text}` },
    attachments: [],
    labels: labels(GROUP, TITLE),
  })
  for (const figure of tonight.figures) {
    const id = `night-${createHash('sha256').update(figureName(figure)).digest('hex').slice(0, 16)}`
    const picture = `${id}-attachment.svg`
    writeFileSync(join(allureResults, picture), await drawTrend(figure, nights, environment))
    const { status, word } = statusOf(figure)
    const { cell, quantity } = figure
    write(id, {
      historyId: `night ${figureName(figure)}`,
      name: figureName(figure),
      fullName: `${TITLE}: ${figureName(figure)}`,
      status,
      statusDetails: { message: `${word === undefined ? '' : `${word}: `}${figureLine(figure)}` },
      attachments: [{ name: 'over the nights', source: picture, type: 'image/svg+xml' }],
      labels: [
        ...labels('Slower than last week?', cell.target),
        { name: 'subSuite', value: quantity },
        { name: 'host', value: cell.topology },
      ],
    })
  }
}

const labels = (parent: string, suite: string) => [
  { name: 'parentSuite', value: parent },
  { name: 'suite', value: suite },
  { name: 'epic', value: parent },
  { name: 'feature', value: suite },
]

/** A lab that broke is one thing that happened, however many tests it kept from running. */
function removeOfLab(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('-result.json'))) {
    const path = join(folder, name)
    const result = jsonOrNothing(readFileSync(path, 'utf8')) as
      { uuid?: string; statusDetails?: { message?: string } } | undefined
    const own = result?.uuid?.startsWith('night')
    if (!own && OF_LAB.test(result?.statusDetails?.message ?? '')) rmSync(path)
  }
}

const GLYPHS: Readonly<Partial<Record<NightFigure['verdict'], Verdict>>> = {
  regression: 'regressed',
  improvement: 'improved',
  suspected: 'inconclusive',
}

function drawTrend(
  figure: NightFigure,
  nights: readonly Night[],
  environment: RunEnvironment,
): Promise<string> {
  const { nights: points, levels } = trendOf(nights, figure)
  return drawHistory({
    heading: { subject: cellName(figure.cell), environment },
    quantity: figure.quantity,
    nights: points.map(({ at, figure: { figure: value, runs, verdict } }) => {
      const spread = runs.length > 1
      const glyph = GLYPHS[verdict]
      return {
        at,
        value,
        lower: spread ? Math.min(...runs) : null,
        upper: spread ? Math.max(...runs) : null,
        ...(glyph === undefined ? {} : { verdict: glyph }),
      }
    }),
    groups: levels,
  })
}
