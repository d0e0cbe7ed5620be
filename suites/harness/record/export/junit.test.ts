/** JUnit's XML, read back by a small parser that refuses what XML does. */
import { expect, test } from '@playwright/test'
import { junit } from '../../../../lab/record/export/junit.ts'
import { NASTY, QUIET, RUN } from './runs.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }

/** Character references and the predefined entities; anything else that begins with & is an error. */
const unescape = (text: string): string =>
  text.replace(/&(?:#(\d+)|(\w+));|&/g, (found, number?: string, name?: string) => {
    const character = number === undefined ? ENTITIES[name ?? ''] : String.fromCodePoint(Number(number))
    expect(character, `an entity: ${found}`).toBeDefined()
    return character!
  })

function parse(xml: string): Element {
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/)
  // What XML 1.0 allows (section 2.2, Char).
  expect(xml).toMatch(/^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u)
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const body = xml.slice(xml.indexOf('\n') + 1)
  for (const [piece] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const current = open.at(-1)!
    if (!piece.startsWith('<')) {
      current.text += unescape(piece)
      continue
    }
    const [, end, name, rest, empty] = /^<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>$/.exec(piece) ?? []
    expect(name, `a tag: ${piece}`).toBeDefined()
    if (end === '/') {
      expect(open.pop()!.name).toBe(name)
      continue
    }
    const found = [...rest!.matchAll(/ ([a-z]+)="([^"]*)"/g)]
    expect(new Set(found.map(([, attribute]) => attribute)).size, 'attributes of one name').toBe(found.length)
    const attributes = Object.fromEntries(found.map(([, attribute, value]) => [attribute!, unescape(value!)]))
    const element: Element = { name: name!, attributes, children: [], text: '' }
    current.children.push(element)
    if (empty !== '/') open.push(element)
  }
  expect(open).toEqual([root])
  expect(root.children).toHaveLength(1)
  return root.children[0]!
}

const named = ({ children }: Element, name: string) => children.filter((child) => child.name === name)

test('Every suite counts its tests, and all of them together do too', () => {
  const all = parse(junit([RUN]))
  expect(all.name).toBe('testsuites')
  expect(all.attributes).toMatchObject({ tests: '9', failures: '2', errors: '2', skipped: '1' })
  expect(named(all, 'testsuite').map(({ attributes }) => attributes)).toMatchObject([
    {
      name: 'devmap',
      tests: '3',
      failures: '2',
      errors: '0',
      skipped: '0',
      timestamp: '2026-03-01T02:00:00',
    },
    { name: 'cpumap', tests: '1', skipped: '1' },
    { name: 'xskmap', tests: '1', errors: '1' },
    { name: 'throughput', tests: '4', errors: '1' },
  ])
  for (const suite of named(all, 'testsuite'))
    expect(named(suite, 'testcase')).toHaveLength(Number(suite.attributes['tests']))
})

test('A failure is of the DUT, an error is of the lab, a skip is neither', () => {
  const suites = named(parse(junit([RUN])), 'testsuite')
  const inside = suites.map((suite) =>
    named(suite, 'testcase').map(
      ({ children: [child] }) => child && [child.name, child.attributes['message']],
    ),
  )
  expect(inside[0]!.slice(0, 2)).toEqual([undefined, ['failure', 'LOST: 999 of 1000 frames did not arrive']])
  expect(inside[1]).toEqual([['skipped', 'no third port # here']])
  expect(inside[2]).toEqual([['error', 'INFRA: dut is gone']])
  expect(inside[3]![2]).toEqual(['error', 'the generator fell short by 3 %'])
  expect(named(suites[3]!, 'testcase')[0]!.children[0]).toMatchObject({
    name: 'system-out',
    text: '8650000 frames/s, 8649999 to 8650001',
  })
})

test('Whatever is in a title or a message comes through, but for what XML cannot hold', () => {
  const [devmap] = named(parse(junit([RUN])), 'testsuite')
  const { attributes, children } = named(devmap!, 'testcase')[2]!
  expect(attributes['name']).toBe(`${NASTY.replace('\u0007\uD800', '\uFFFD\uFFFD')}, linear, native`)
  expect(attributes['classname']).toBe('devmap')
  expect(children[0]!.attributes['message']).toBe('TIMEOUT: after 5 s # SKIP\nof waiting')
})

test('The bed is in the properties', () => {
  const [devmap] = named(parse(junit([RUN])), 'testsuite')
  const [properties] = named(devmap!, 'properties')
  expect(properties!.children.map(({ attributes }) => attributes)).toContainEqual({
    name: 'cpu',
    value: 'A & B <C>',
  })
})

test('The same test of two runs is two tests', () => {
  const suites = named(parse(junit([RUN, QUIET])), 'testsuite')
  const names = suites.flatMap((suite) =>
    named(suite, 'testcase').map(({ attributes }) => `${attributes['classname']!} ${attributes['name']!}`),
  )
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => name.endsWith(QUIET.cells[0]!.title))).toHaveLength(2)
})
