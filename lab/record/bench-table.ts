/** Figures of a benchmark as one table: a line a cell, rates with their bounds. */
import { frameSize, onTheWire } from '../units/frame.ts'
import { median } from '../stats/median.ts'
import { type Measurement, QUANTITIES } from './measurement.ts'

const HEADINGS = [
  'target',
  'frames',
  'mode',
  'size',
  'what',
  'value',
  'bounds',
  'Gbit/s',
  'trials',
  '',
] as const
const RIGHT = new Set<string>(['size', 'value', 'bounds', 'Gbit/s', 'trials'])

/** Text of the table, for letters of one width; empty without figures. */
export function benchTable(measurements: readonly Measurement[]): string {
  if (measurements.length === 0) return ''
  const rows = repeatedAsOne(measurements).map(rowOf)
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  )
  const line = (row: readonly string[]) =>
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

function rowOf(one: Measurement): string[] {
  const { cell, quantity, atLoad, value, lower, upper, trials } = one
  const { unit } = QUANTITIES[quantity]
  const show = (number: number | null) => (number === null ? '?' : amount(number, unit))
  return [
    cell.target,
    cell.frames,
    cell.mode,
    String(cell.size),
    `${quantity.toUpperCase()}${atLoad === undefined ? '' : ` at ${atLoad}`}`,
    value === null ? '-' : `${show(value)} ${unitText(unit)}`,
    lower === null && upper === null ? '-' : `${show(lower)} to ${show(upper)}`,
    unit === 'frames/s' && value !== null ? gigabits(value, cell.size) : '-',
    String(trials),
    remarkOf(one),
  ]
}

/** On the wire (layer 1), preamble and gap included. */
const gigabits = (rate: number, size: number): string =>
  ((rate * onTheWire(frameSize(size)) * 8) / 1e9).toFixed(2)

const unitText = (unit: string): string => (unit === 'frames/s' ? 'Mpps' : unit === 'ns' ? 'us' : unit)

function amount(number: number, unit: string): string {
  if (unit === 'frames/s') return (number / 1e6).toFixed(3)
  if (unit === 'ns') return (number / 1e3).toFixed(1)
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3)
}

function remarkOf({ irregular, unfinished, invalid, method }: Measurement): string {
  if (invalid !== undefined) return `invalid: ${invalid}`
  if (irregular === 'at-ceiling') return 'at ceiling: the DUT does at least this'
  if (irregular === 'below-floor')
    return `below the floor: ${method['lost at the lowest load'] ?? '?'} of ${method['offered at the lowest load'] ?? '?'} lost at ${amount(Number(method['lowest load']), 'frames/s')} Mpps`
  return unfinished ? 'out of time: bounds of a coarser search' : ''
}
