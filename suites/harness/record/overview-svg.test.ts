import { expect, test } from '@playwright/test'
import { overviewOf } from '../../../lab/record/overview.ts'
import { drawOverviewSvg } from '../../../lab/record/overview-svg.ts'
import { TARGETS } from '../../../lab/units/redirect.ts'
import { LOST, NO_TRIAL, tableOf, whole } from './cells-of-run.ts'

const BED = {
  driver: 'mlx5_core',
  kernel: '6.18.0',
  topology: 'bed <7> & "co"',
  began: '2026-11-25T03:54:59Z',
}
const textsOf = (svg: string) =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes, text]) => ({
    x: Number(/x="([\d.]+)"/.exec(attributes!)![1]),
    y: Number(/y="([\d.]+)"/.exec(attributes!)![1]),
    size: Number(/font-size="([\d.]+)"/.exec(attributes!)?.[1] ?? 13),
    end: attributes!.includes('text-anchor="end"'),
    text: text!,
  }))

test('Every field says what it is in a word and a symbol', () => {
  const svg = drawOverviewSvg(overviewOf(TARGETS.flatMap(tableOf)), BED)
  const words = textsOf(svg).filter(({ text }) => text === 'works')
  expect(words, '20 fields and the legend').toHaveLength(21)
  expect(svg.match(/<path /g)).toHaveLength(21)
  for (const target of TARGETS) expect(svg).toContain(`>${target}</text>`)
})

test('The title names driver, kernel, topology and date', () => {
  const texts = textsOf(drawOverviewSvg(overviewOf(tableOf('devmap')), BED)).map(({ text }) => text)
  expect(texts[0]).toBe('XDP_REDIRECT on mlx5_core: what works')
  expect(texts[1]).toBe(
    'driver mlx5_core · Linux 6.18.0 · topology bed &lt;7&gt; &amp; &quot;co&quot; · 2026-11-25 03:54 UTC',
  )
})

test('A bed that is not known is left out', () => {
  const texts = textsOf(drawOverviewSvg(overviewOf(tableOf('devmap')), {})).map(({ text }) => text)
  expect(texts.slice(0, 2)).toEqual([
    'XDP_REDIRECT: what works',
    '6 cells: 6,000 frames offered, 0 lost with a name, 0 unexplained',
  ])
})

test('What fails, is refused or skipped has its reason in the field, and in full below', () => {
  const svg = drawOverviewSvg(
    overviewOf([
      { ...whole(['cpumap', 'linear', 'native']), ...LOST },
      {
        ...whole(['devmap', 'linear', 'generic']),
        refused: 'a <long> story that no field has the room to tell',
      },
      { ...whole(['devmap', 'non-linear', 'native']), ...NO_TRIAL, verdict: 'skipped', message: 'too old' },
    ]),
    BED,
  )
  const texts = textsOf(svg).map(({ text }) => text)
  for (const text of ['fails', 'refused', 'skipped', 'not run', '899 redirect: ENOSPC', 'too old'])
    expect(texts).toContain(text)
  expect(texts.join(' ')).toContain(
    'devmap linear generic: refused: a &lt;long&gt; story that no field has the room to tell',
  )
  expect(texts.join(' ')).toContain('Try: ')
})

for (const [what, message] of [
  ['of many words', Array.from({ length: 120 }, (_, index) => `word${index}`).join(' ')],
  ['without a space', 'x'.repeat(400)],
  ['of signs that XML reserves', '<&>"'.repeat(40)],
] as const)
  test(`A reason ${what} stays within the picture`, () => {
    const cells = tableOf('cpumap').map((cell) => ({ ...cell, verdict: 'failed' as const, message }))
    const svg = drawOverviewSvg(overviewOf(cells), BED)
    const [, width, height] = /<svg [^>]*viewBox="0 0 (\d+) ([\d.]+)"/.exec(svg)!.map(Number)
    for (const { x, y, size, text, end } of textsOf(svg)) {
      const letters = text.replace(/&\w+;/g, '.').length
      expect(x + (end ? 0 : letters * size * 0.58), text).toBeLessThanOrEqual(width!)
      expect(y, text).toBeLessThan(height!)
    }
    expect(svg.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&')
  })
