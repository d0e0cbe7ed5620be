/** Reads a picture as a person does: texts and marks with where they stand, and axes by their labels. */
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

export interface Placed {
  readonly x: number
  readonly y: number
}
export interface Text extends Placed {
  readonly text: string
  readonly size: number
  readonly align: string
}
export interface Item extends Placed {
  /** Other end of a rule. */
  readonly x2: number
  readonly y2: number
  /** Corners of a line or a rectangle. */
  readonly points: readonly Placed[]
  readonly colour: string
}
/** Where a value lies in pixels; `of` is log10 for a logarithmic axis. */
export type Axis = (value: number, of?: (value: number) => number) => number

export interface ReadPicture {
  readonly width: number
  readonly height: number
  readonly texts: readonly Text[]
  /** Marks of that name, of a panel or of all. */
  readonly marks: (name: string, panel?: number) => Item[]
  /** Labels of an axis, with the place that they point to. */
  readonly labels: (side: 'left' | 'bottom', panel?: number) => Text[]
  /** An axis whose labels are numbers. */
  readonly axis: (side: 'left' | 'bottom', panel?: number) => Axis
}

/** @throws Error unless well-formed. */
export function readPicture(svg: string): ReadPicture {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(svg, 'image/svg+xml')
  const root = document.documentElement!
  const all = (name: string, within: Element = root) => [...within.getElementsByTagName(name)]
  const groups = (name: string, within?: Element) =>
    all('g', within).filter((one) => attribute(one, 'class').split(' ').includes(name))
  const panelOf = (index: number | undefined) => (index === undefined ? root : groups('role-scope')[index]!)
  const labels = (side: 'left' | 'bottom', panel = 0) =>
    groups('role-axis-label', groups('role-scope')[panel])
      .flatMap((group) => all('text', group).map(textOf))
      .filter(({ align }) => align === (side === 'left' ? 'end' : 'middle'))
      // Vega draws an axis half a pixel aside, and a label's letters 3 below their middle.
      .map((label) => ({ ...label, x: label.x - 0.5, y: label.y - 3.5 }))
  return {
    width: Number(attribute(root, 'width')),
    height: Number(attribute(root, 'height')),
    texts: all('text').map(textOf),
    marks: (name, panel) =>
      groups(name, panelOf(panel)).flatMap((group) =>
        [...all('path', group), ...all('line', group)].map(itemOf),
      ),
    labels,
    axis: (side, panel) => {
      const read = labels(side, panel).map((label) => ({
        value: Number(label.text.replace(/,/g, '').replace('−', '-')),
        at: side === 'left' ? label.y : label.x,
      }))
      const [first, last] = [read[0]!, read.at(-1)!]
      return (value, of = (plain) => plain) =>
        first.at + ((of(value) - of(first.value)) / (of(last.value) - of(first.value))) * (last.at - first.at)
    },
  }
}

function textOf(element: Element): Text {
  return {
    ...placeOf(element),
    text: element.textContent ?? '',
    size: Number(attribute(element, 'font-size').replace('px', '')),
    align: attribute(element, 'text-anchor'),
  }
}

function itemOf(element: Element): Item {
  const { x, y } = placeOf(element)
  const corners = pathOf(attribute(element, 'd')).map((corner) => ({ x: x + corner.x, y: y + corner.y }))
  return {
    x,
    y,
    x2: x + Number(attribute(element, 'x2') || 0),
    y2: y + Number(attribute(element, 'y2') || 0),
    points: corners,
    colour:
      [attribute(element, 'fill'), attribute(element, 'stroke')].find(
        (one) => one !== '' && one !== 'none',
      ) ?? '',
  }
}

/** Corners of a path of the commands M, L, H, V, h, v, Z. */
function pathOf(path: string): Placed[] {
  const corners: Placed[] = []
  for (const [, command, rest] of path.matchAll(/([MLHVhvZ])([^A-Za-z]*)/g)) {
    const numbers = [...rest!.matchAll(/-?[\d.]+(?:e-?\d+)?/g)].map(Number)
    const { x, y } = corners.at(-1) ?? { x: 0, y: 0 }
    const [one = 0, other = 0] = numbers
    if (command === 'M' || command === 'L') corners.push({ x: one, y: other })
    if (command === 'H') corners.push({ x: one, y })
    if (command === 'V') corners.push({ x, y: one })
    if (command === 'h') corners.push({ x: x + one, y })
    if (command === 'v') corners.push({ x, y: y + one })
  }
  return corners
}

/** The sum of all translations down to it. */
function placeOf(element: Element): Placed {
  let [x, y] = [0, 0]
  for (let node: Node | null = element; node !== null && 'getAttribute' in node; node = node.parentNode) {
    const [, dx, dy] =
      /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(attribute(node as Element, 'transform')) ?? []
    x += Number(dx ?? 0)
    y += Number(dy ?? 0)
  }
  return { x, y }
}

const attribute = (element: Element, name: string): string => element.getAttribute(name) ?? ''
