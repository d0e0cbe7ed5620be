import { expect, test } from '@playwright/test'
import { costPicture, latencyPicture, lossPicture } from '../../../lab/record/cell-pictures.ts'
import { costFigures } from '../../../lab/record/cost-figures.ts'
import { latencyFigures, noLatencyFigures } from '../../../lab/record/latency-figures.ts'
import { lossFigure } from '../../../lab/record/loss-figures.ts'
import { rateTrialOf } from '../measure/rate-trials.ts'
import { trialOf } from '../measure/trials.ts'

const HEADING = { subject: 'devmap, linear, native, 64 bytes', environment: { kernel: '6.18.44' } }
const BED = { target: 'devmap', mode: 'native', offered: 1_000 } as const
const cost = (kind: 'saturated' | 'at-ceiling', ns: number) => [
  { cost: { kind, ns }, cycles: { unknown: 'no counter' }, seconds: 1, offered: 1, forwarded: 1 },
]
/** Words of a picture, in the order in which they stand. */
const wordsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text!)

test('The cost of a target stands under those of XDP_DROP and XDP_TX, and a bound is called one', async () => {
  const figures = [
    ...costFigures('REDIRECT', cost('saturated', 235)),
    ...costFigures('DROP', cost('at-ceiling', 102)),
    ...costFigures('TX', cost('saturated', 194)),
  ]
  const words = (await costPicture('devmap', figures, HEADING).then(wordsOf)).join('\n')
  expect(words).toMatch(/XDP_DROP \(at most\)[^]*XDP_TX[^]*devmap/)
  for (const ns of ['102 ns', '194 ns', '235 ns']) expect(words).toContain(ns)
})

test('Each load has its line of latencies, also one of which nothing is known', async () => {
  const timed = rateTrialOf(
    trialOf(
      BED,
      {},
      {
        latency: [
          [5_000, 990],
          [70_000, 10],
        ],
      },
    ),
  )
  const figures = [
    ...latencyFigures('1 frame per ms', [timed], {}),
    ...noLatencyFigures('50 % of PDR', 'no PDR'),
  ]
  const svg = await latencyPicture(figures, HEADING)
  for (const name of ['1 frame per ms', '50 % of PDR', 'max']) expect(wordsOf(svg)).toContain(name)
  expect(svg).not.toMatch(/NaN|undefined/)
})

test('The loss curve has a point for each load, beside what PDR allows', async () => {
  const figures = [100, 50].map((part) =>
    lossFigure(`${part} %`, rateTrialOf(trialOf(BED, { ringFull: part }), { sendingTime: 100 / part })),
  )
  const svg = await lossPicture('devmap', figures, HEADING)
  expect(wordsOf(svg).join('\n')).toMatch(/PDR: up to 0.5/)
  expect(svg).not.toMatch(/NaN|undefined/)
})
