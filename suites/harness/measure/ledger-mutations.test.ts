/** The ledger notices a single frame, wherever it is counted wrong: each number of its facts is put off by one. */
import { expect, test } from '@playwright/test'
import { makeLedger } from '../../../lab/measure/ledger.ts'
import type { LedgerFacts } from '../../../lab/measure/ledger-facts.ts'
import { MODES, TARGETS } from '../../../lab/units/redirect.ts'
import { type Bed, factsOf, type Losses, OTHER_MAP, OTHER_PORT, OTHER_PROGRAM } from './bed-model.ts'

/** Names of things, and not counts of frames. */
const NAMES = new Set([
  'program',
  'ifindex',
  'toIfindex',
  'fromIfindex',
  'map',
  'key',
  'errno',
  'action',
  'cpu',
  'toCpu',
  'ingressIfindex',
])

/** Paths of all counts in the facts: `answers.ingress.REDIRECT`. */
function countsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return NAMES.has(path.at(-1)!) ? [] : [[...path]]
  if (typeof value !== 'object' || value === null || value instanceof Set) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    path[0] === undefined && key === 'programs' ? [] : countsIn(inner, [...path, key]),
  )
}

function plusOne<T>(value: T, [key, ...rest]: readonly string[]): T {
  if (key === undefined) return ((value as number) + 1) as T
  const inner = (value as Record<string, unknown>)[key]
  if (Array.isArray(value)) return value.with(Number(key), plusOne(inner, rest)) as T
  return { ...value, [key]: plusOne(inner, rest) }
}

function isRed(facts: LedgerFacts): boolean {
  const { unexplained, agreements } = makeLedger(facts)
  return unexplained !== 0 || agreements.some(({ agree }) => !agree)
}

/** Of a program, map or port that is not the trial's. */
function ofOthers(facts: LedgerFacts, path: readonly string[]): boolean {
  const owner = path
    .slice(0, -1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], facts)
  const { map, program, fromIfindex } = owner as { map?: number; program?: number; fromIfindex?: number }
  return map === OTHER_MAP || program === OTHER_PROGRAM || fromIfindex === OTHER_PORT
}

/** Counts that may be off by one without anybody noticing. */
function unnoticed(bed: Bed, losses: Losses): string[] {
  const facts = factsOf(bed, losses)
  if (isRed(facts)) throw new Error('the account does not close to begin with')
  return countsIn(facts)
    .filter((path) => !isRed(plusOne(facts, path)))
    .filter((path) => !ofOthers(facts, path))
    .map((path) => path.join('.'))
}

/** What no account of frames rests on: the claims on content and order do, or it is there to be read. */
const NOT_FRAMES = [
  /^answers\.\w+\.(foreign|nonLinear)$/,
  /^arrivals\.\w+\.(bytes|truncated|corrupted|reordered|nonLinear|rewritten|foreign|firstNs|lastNs)$/,
  /^evidence\.perf\.(events|lost|unread|repeated)$/,
  /^evidence\.(lost|missed)Events$/,
  // Tells what the drops are made of.
  /^evidence\.perf\.devmap\.dropped\./,
  /^evidence\.observation\.cpumapEnqueues\.\d+\.bulks$/,
  /^evidence\.perf\.(enqueues|kthreads)\.98\./,
  /^evidence\.counters\.\w+\.link\.\w+_packets$/,
  // Counts the same frames as link.tx_dropped does.
  /^senderCounters\.tx_queue_\d+_xdp_xmit(_errors)?$/,
  // No more frames can have come twice than have come, which is none at these ports.
  /^arrivals\.[ac]\.duplicates$/,
  // What a devmap's program passed is what the bulk's counts tell of.
  /^answers\.egress\.PASS$/,
]
/** Places that frames do not come by on their way to a target. */
const NOT_ON_THE_WAY = { cpumap: [], other: [/^answers\.cpu\./] }
/** Booked at the flush in native mode, by xdp_devmap_xmit. */
const NATIVE = /^evidence\.counters\.d1\.link\.tx_dropped$/
/** In generic mode the kernel does not count all that the entry's program answers (cpu_map_bpf_prog_run_skb). */
const GENERIC = [/^evidence\.observation\.cpumapKthreads\.\d+\.(pass|drop|redirect)$/]

const EVERY_LOSS: Losses = {
  ringFull: 50,
  program: { ABORTED: 1, DROP: 2, PASS: 3 },
  redirect: { ENETDOWN: 4 },
}

for (const target of TARGETS)
  for (const mode of MODES)
    for (const [what, losses] of [
      ['without losses', {}],
      ['with losses', EVERY_LOSS],
    ] as const)
      test(`A frame counted wrong anywhere is noticed: ${target}, ${mode}, ${what}`, () => {
        const known = [
          ...NOT_FRAMES,
          ...NOT_ON_THE_WAY[target === 'cpumap' ? 'cpumap' : 'other'],
          ...(mode === 'native' ? [NATIVE] : GENERIC),
        ]
        expect(
          unnoticed({ target, mode }, losses).filter((path) => !known.some((pattern) => pattern.test(path))),
        ).toEqual([])
      })

test('A copy of a broadcast counted wrong anywhere is noticed', () => {
  const known = [...NOT_FRAMES, ...NOT_ON_THE_WAY.other, NATIVE]
  const left = unnoticed({ target: 'devmap', mode: 'native', copies: 2 }, { redirect: { EINVAL: 3 } })
  expect(left.filter((path) => !known.some((pattern) => pattern.test(path)))).toEqual([])
})

test('Without perf and per-frame events the counts of programs, bulks, queues and ports still watch each other', () => {
  for (const target of TARGETS) {
    const known = [...NOT_FRAMES, ...NOT_ON_THE_WAY[target === 'cpumap' ? 'cpumap' : 'other'], NATIVE]
    // Nothing but perf counts bulks and exceptions a second time.
    const onlyPerf = [/^evidence\.observation\.(exceptions\.\d+\.frames|devmapXmits\.\d+\.bulks)$/]
    const left = unnoticed({ target, mode: 'native', level: 'light' }, EVERY_LOSS)
    expect(
      left.filter((path) => ![...known, ...onlyPerf].some((pattern) => pattern.test(path))),
      target,
    ).toEqual([])
  }
})
