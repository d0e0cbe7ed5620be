/** Figures of a benchmark as one table: a line a cell, rates with their bounds. */
import { frameSize, onTheWire } from '../units/frame.ts'
import { median } from '../stats/median.ts'
import { type Measurement, type Quantity, QUANTITIES } from './measurement.ts'

const HEADINGS = [
  'target',
  'frames',
  'mode',
  'size',
  'what',
  'value',
  'bounds',
  'L1 Gbit/s',
  'trials',
  '',
] as const
const RIGHT = new Set<string>(['size', 'value', 'bounds', 'L1 Gbit/s', 'trials'])

type Row = readonly string[]

/** Text of the table, for letters of one width; empty without figures. */
export function benchTable(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return ''
  const rows = linesOf(repeatedAsOne(measurements)).map((line) =>
    line.length > 1 ? latencyRow(line) : rowOf(line[0]!),
  )
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (row: Row) =>
    row
      .map((text, column) =>
        RIGHT.has(HEADINGS[column]!) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [
    line(HEADINGS),
    line(widths.map((width) => '─'.repeat(width)).slice(0, -1)),
    ...rows.map(line),
  ].join('\n')
}

/** What was measured several times over is one line: the median, and the least and the largest. */
function repeatedAsOne(measurements: readonly Measurement[]): Measurement[] {
  const groups = new Map<string, Measurement[]>()
  for (const one of measurements) {
    const key = JSON.stringify([one.cell, one.quantity, one.atLoad])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].map((group) => {
    const values = group.flatMap(({ value }) => (value === null ? [] : [value]))
    const [first] = group as [Measurement]
    if (group.length === 1 || values.length === 0) return first
    return {
      ...first,
      value: median(values),
      lower: Math.min(...values),
      upper: Math.max(...values),
      trials: group.reduce((sum, { trials }) => sum + trials, 0),
    }
  })
}

/** Percentiles of one latency share a line. */
function linesOf(measurements: readonly Measurement[]): Measurement[][] {
  const lines: Measurement[][] = []
  for (const one of measurements) {
    const [before] = lines.at(-1) ?? []
    if (before && isLatency(one) && isLatency(before) && placeOf(one) === placeOf(before))
      lines.at(-1)!.push(one)
    else lines.push([one])
  }
  return lines
}

const isLatency = ({ quantity }: Measurement): boolean => quantity.startsWith('latency-')

const placeOf = ({ cell, atLoad }: Measurement): string => JSON.stringify([cell, atLoad])

function latencyRow(percentiles: readonly Measurement[]): Row {
  const us = (quantity: Quantity) => {
    const found = percentiles.find((one) => one.quantity === quantity)?.value ?? null
    return found === null ? '?' : amount(found, 'ns')
  }
  const first = percentiles[0]!
  const measured = first.value !== null
  return [
    ...cellOf(first),
    `latency${at(first)}`,
    measured ? `${us('latency-median')} us` : '-',
    measured ? `${us('latency-min')} to ${us('latency-max')}` : '-',
    '-',
    String(first.trials),
    measured ? `99 %: ${us('latency-p99')}, 99.9 %: ${us('latency-p999')} us` : remarkOf(first),
  ]
}

function rowOf(one: Measurement): Row {
  const { cell, quantity, value, lower, upper, trials } = one
  const { unit } = QUANTITIES[quantity]
  const show = (number: number | null) => (number === null ? '?' : amount(number, unit))
  return [
    ...cellOf(one),
    `${unit === 'frames/s' ? quantity.toUpperCase() : QUANTITIES[quantity].title}${at(one)}`,
    value === null ? '-' : `${show(value)} ${UNIT_TEXT[unit]}`,
    lower === null && upper === null ? '-' : `${show(lower)} to ${show(upper)}`,
    unit === 'frames/s' && value !== null ? gigabits(value, cell.size) : '-',
    String(trials),
    remarkOf(one),
  ]
}

const cellOf = ({ cell }: Measurement): Row => [cell.target, cell.frames, cell.mode, String(cell.size)]

const at = ({ quantity, atLoad }: Measurement): string =>
  atLoad === undefined ? '' : quantity === 'mrr' ? `, ${atLoad}` : ` at ${atLoad}`

/** On the wire (layer 1), preamble and gap included. */
const gigabits = (rate: number, size: number): string =>
  ((rate * onTheWire(frameSize(size)) * 8) / 1e9).toFixed(2)

type Unit = (typeof QUANTITIES)[Quantity]['unit']

const UNIT_TEXT: Readonly<Record<Unit, string>> = {
  'frames/s': 'Mpps',
  ns: 'us',
  frames: 'frames',
  'ns/frame': 'ns/frame',
  'cycles/frame': 'cycles/frame',
  ratio: '%',
}

/** In the unit of UNIT_TEXT. */
function amount(number: number, unit: Unit): string {
  switch (unit) {
    case 'frames/s':
      return (number / 1e6).toFixed(3)
    case 'ns':
      return (number / 1e3).toFixed(1)
    case 'frames':
      return number.toFixed(0)
    case 'ratio':
      return number === 0 ? '0' : (number * 100).toPrecision(3)
    case 'ns/frame':
    case 'cycles/frame':
      return number >= 100 ? number.toFixed(0) : number.toPrecision(3)
    default:
      return unit satisfies never
  }
}

function remarkOf({ quantity, irregular, unfinished, invalid, method }: Measurement): string {
  if (invalid !== undefined) return `invalid: ${invalid}`
  if (irregular === 'at-ceiling')
    return QUANTITIES[quantity].better === 'higher'
      ? 'at ceiling: the DUT does at least this'
      : 'at ceiling: no more than this'
  const floor = floorText(method)
  if (irregular === 'below-floor')
    return `below the floor: ${floor ?? 'all trials at the lowest load lost frames'}`
  if (!unfinished) return ''
  return floor === undefined ? 'out of time: bounds of a coarser search' : `out of time: ${floor}`
}

/** Of a goal that no load met: what the lowest one lost. */
function floorText(method: Measurement['method']): string | undefined {
  const lost = method['lost at the lowest load']
  if (lost === undefined) return undefined
  if (lost === 0) return `nothing lost at ${amount(Number(method['lowest load']), 'frames/s')} Mpps`
  const by = method['lost there by']
  return `${lost} of ${method['offered at the lowest load'] ?? '?'} lost at ${amount(Number(method['lowest load']), 'frames/s')} Mpps${by === undefined ? '' : ` (${by})`}`
}
