import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { readPicture, type Text } from './read-picture.ts'
import { SAMPLES } from './samples.ts'

const BED = 'driver mlx5_core · Linux 6.18.0 · topology bed <7> & "co" · 2026-11-25 03:54 UTC'

/** As a font of common width draws it; viewers differ. */
function boxOf({ x, y, text, size, align }: Text) {
  const width = text.length * size * 0.5
  const left = align === 'end' ? x - width : align === 'middle' ? x - width / 2 : x
  return { left, right: left + width, top: y - size * 0.75, bottom: y }
}

for (const { what, draw, says } of SAMPLES) {
  test(`The picture of ${what} says what it shows, on which bed, in which units`, async () => {
    const { texts } = readPicture(await draw())
    const all = texts.map(({ text }) => text)
    for (const words of [...says, BED])
      expect(
        all.some((text) => text.startsWith(words)),
        words,
      ).toBe(true)
  })

  test(`The picture of ${what} is the same at each drawing, and has no number that is none`, async () => {
    const svg = await draw()
    expect((await draw()) === svg).toBe(true)
    expect(svg).not.toMatch(/NaN|Infinity|undefined|null/)
  })

  test(`The picture of ${what} needs nothing but itself`, async () => {
    const svg = (await draw()).replace('xmlns="http://www.w3.org/2000/svg"', '')
    expect(svg).not.toMatch(/<(script|style|image|use|foreignObject)|href|https?:|url\((?!#)/)
  })

  test(`In the picture of ${what} no text leaves the picture or covers another`, async () => {
    const { texts, width, height } = readPicture(await draw())
    const boxes = texts.filter(({ text }) => text !== '').map((text) => ({ ...boxOf(text), text: text.text }))
    for (const box of boxes) {
      expect(box.left, box.text).toBeGreaterThanOrEqual(0)
      expect(box.right, box.text).toBeLessThanOrEqual(width)
      expect(box.bottom, box.text).toBeLessThanOrEqual(height)
    }
    const touching = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (other) =>
            one.left < other.right &&
            other.left < one.right &&
            one.top < other.bottom &&
            other.top < one.bottom,
        )
        .map((other) => `${one.text} | ${other.text}`),
    )
    expect(touching).toEqual([])
  })
}

test('The charting library is loaded by the first picture, not by what imports a chart', () => {
  const folder = new URL('../../../../lab/record/charts/', import.meta.url)
  const loading = readdirSync(folder).filter((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split(/^import /m)
      .slice(1)
      .some(
        (statement) => !statement.startsWith('type ') && /from '([^']+)'/.exec(statement)?.[1] === 'vega',
      ),
  )
  expect(loading).toEqual([])
})

test('Two pictures in one page keep their clip paths apart', async () => {
  const idsOf = (svg: string) => [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)
  const svgs = await Promise.all(SAMPLES.map(({ draw }) => draw()))
  const ids = svgs.flatMap(idsOf)
  expect(ids.length).toBeGreaterThan(4)
  expect(new Set(ids).size).toBe(ids.length)
  for (const svg of svgs)
    for (const [, used] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(idsOf(svg)).toContain(used)
})
