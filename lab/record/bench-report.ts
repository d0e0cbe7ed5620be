/** Puts the figures of a benchmark where its readers look first: pictures in its folder, and a page of its report. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { frameSize } from '../units/frame.ts'
import { benchTable } from './bench-table.ts'
import { drawScaling } from './charts/scaling.ts'
import { drawThroughput } from './charts/throughput.ts'
import { readEnvironment } from './environment.ts'
import { type Measurement, QUANTITIES, readMeasurements } from './measurement.ts'
import type { RunFolder } from './run-folder.ts'

const TITLE = 'How fast'
const GROUP = 'At a glance'
/** One name: made again, it takes the place of what was there. */
const RESULT = 'how-fast-result.json'
/** What has a picture of its own, by frame size. */
const DRAWN = ['pdr', 'ndr', 'mrr'] as const

/** Without figures nothing is written. @returns paths of the pictures. */
export async function addBenchReport(folder: RunFolder): Promise<string[]> {
  const { measurements } = await readMeasurements(folder)
  if (measurements.length === 0 || !existsSync(folder.allureResults)) return []
  const environment = readEnvironment(folder)
  const pictures: string[] = []
  const attachments: { name: string; source: string; type: string }[] = []
  const keep = (name: string, title: string, svg: string) => {
    const path = join(folder.path, `${name}.svg`)
    writeFileSync(path, svg)
    pictures.push(path)
    const source = `how-fast-${name}-attachment.svg`
    writeFileSync(join(folder.allureResults, source), svg)
    attachments.push({ name: title, source, type: 'image/svg+xml' })
  }
  for (const quantity of DRAWN) {
    // Of a cell as it is: at what loads or with what changed is another picture.
    const figures = measurements.filter(
      (one) => one.quantity === quantity && one.atLoad === undefined && one.invalid === undefined,
    )
    if (figures.length === 0) continue
    const { title } = QUANTITIES[quantity]
    keep(
      quantity,
      title,
      await drawThroughput({ heading: { subject: title, environment }, series: seriesOf(figures) }),
    )
  }
  const scaled = scalingSeries(measurements)
  if (scaled.length > 0) {
    const subject = QUANTITIES.mrr.title
    keep(
      'scaling',
      'throughput by cores',
      await drawScaling({ heading: { subject, environment }, series: scaled }),
    )
  }
  const began = Date.parse(environment['began'] ?? '') || Date.now()
  const label = (name: string, value: string) => ({ name, value })
  const result = {
    uuid: 'how-fast',
    historyId: 'how-fast',
    name: TITLE,
    fullName: TITLE,
    status: measurements.every(({ invalid }) => invalid !== undefined) ? 'broken' : 'passed',
    statusDetails: { message: benchTable(measurements) },
    stage: 'finished',
    steps: [],
    attachments,
    parameters: [],
    labels: [
      label('parentSuite', GROUP),
      label('suite', TITLE),
      label('epic', GROUP),
      label('feature', TITLE),
    ],
    start: began,
    stop: began,
  }
  writeFileSync(join(folder.allureResults, RESULT), `${JSON.stringify(result, null, 1)}\n`)
  return pictures
}

/** Of what several CPUs or queues share: a line for each cell and kind of core. */
function scalingSeries(measurements: readonly Measurement[]) {
  const lines = new Map<string, Measurement[]>()
  for (const one of measurements) {
    const [, kind] = /^\d+ (target CPU|receive queue)s?$/.exec(one.atLoad ?? '') ?? []
    if (kind === undefined || one.quantity !== 'mrr' || one.invalid !== undefined) continue
    const name = `${cellName(one)}, ${one.cell.size} bytes, ${kind}s`
    lines.set(name, [...(lines.get(name) ?? []), one])
  }
  return [...lines].map(([name, points]) => ({
    name,
    points: points
      .toSorted((a, b) => a.cell.cores - b.cell.cores)
      .map((one) => ({ cores: one.cell.cores, ...rateOf(one) })),
  }))
}

/** A line for each target, frame kind and mode, along the frame sizes. */
function seriesOf(figures: readonly Measurement[]) {
  const lines = new Map<string, Measurement[]>()
  for (const one of figures) {
    const name = cellName(one)
    lines.set(name, [...(lines.get(name) ?? []), one])
  }
  return [...lines].map(([name, points]) => ({
    name,
    points: points
      .toSorted((a, b) => a.cell.size - b.cell.size)
      .map((one) => ({ size: frameSize(one.cell.size), ...rateOf(one) })),
  }))
}

const cellName = ({ cell: { target, frames, mode } }: Measurement): string =>
  [target, ...(frames === 'linear' ? [] : [frames]), ...(mode === 'native' ? [] : [mode])].join(', ')

const rateOf = ({ value, lower, upper, irregular }: Measurement) => ({
  ...{ value, lower, upper },
  ...(irregular === undefined ? {} : { irregular }),
})
