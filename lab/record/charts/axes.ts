/** The axes of a plot. */
import type { Axis } from 'vega'
import { apart } from './ticks.ts'

export interface Tick {
  readonly at: number
  readonly label: string
}

/** Upwards on the left; its levels are drawn across the plot. */
export const upwards = (axis: Omit<Axis, 'scale' | 'orient'> = {}): Axis => ({
  scale: 'y',
  orient: 'left',
  grid: true,
  domain: false,
  ticks: false,
  tickCount: 6,
  labelOverlap: 'greedy',
  ...axis,
})

export const along = (title: string, axis: Omit<Axis, 'scale' | 'orient'> = {}): Axis => ({
  scale: 'x',
  orient: 'bottom',
  title,
  tickCount: 8,
  labelOverlap: 'greedy',
  labelSeparation: 4,
  ...axis,
})

/** Ticks with words of our own, as parts of an axis. */
export function labelled(ticks: readonly Tick[]): Pick<Axis, 'values' | 'tickCount' | 'encode'> {
  const values = ticks.map(({ at }) => at)
  const labels = JSON.stringify(ticks.map(({ label }) => label))
  const signal = `${labels}[indexof(${JSON.stringify(values)}, datum.value)]`
  // Vega thins out values, too, that are more than the count.
  return { values, tickCount: values.length, encode: { labels: { update: { text: { signal } } } } }
}

/** The same, without the labels that there is no room for; `pixels` is the way between two values. */
export const labelledApart = (
  values: readonly number[],
  pixels: (way: readonly [number, number]) => number,
  label: (value: number) => string = String,
): Pick<Axis, 'values' | 'tickCount' | 'encode' | 'labelOverlap'> => ({
  ...labelled(apart(values, pixels, label).map((at) => ({ at, label: label(at) }))),
  labelOverlap: false,
})
