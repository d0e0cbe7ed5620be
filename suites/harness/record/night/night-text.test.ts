import { expect, test } from '@playwright/test'
import { NO_OUTCOME, type CellRecord } from '../../../../lab/record/cell.ts'
import { testsOf } from '../../../../lab/record/night/night-tests.ts'
import { exitOf, nightText } from '../../../../lab/record/night/night-text.ts'
import { cellOf, SimulatedBed } from './simulated-bed.ts'

const claim = (title: string, verdict: CellRecord['verdict'], message?: string): CellRecord => ({
  ...NO_OUTCOME,
  ...{ suite: 'devmap', title, table: false, verdict },
  ...(message === undefined ? {} : { message }),
})
const HELD = [claim('every frame arrives', 'ok'), claim('a miss is named', 'ok')]

function morning(bed: SimulatedBed, tests: readonly CellRecord[], before = HELD) {
  const tonight = bed.nights.at(-1)!
  const found = testsOf(tests, before)
  return { text: nightText(tonight, found, bed.nights, []), exit: exitOf(tonight, found) }
}

test('A night like those before needs nobody, and says so in its first line', () => {
  const bed = new SimulatedBed('good', [cellOf('devmap')], { noise: 0 })
  bed.live(12)
  const { text, exit } = morning(bed, HELD)
  expect(exit).toBe(0)
  expect(text).toBe(
    'Night of 2026-01-12 02:00 UTC on simulated, ice: nobody has to look.\n\n2 tests held, 1 figure as usual.',
  )
})

test('Slower cells of one target are told as a group first, each with what it was and since when', () => {
  const bed = new SimulatedBed('slower', [cellOf('devmap'), cellOf('devmap', 128), cellOf('cpumap')], {
    noise: 0.001,
  })
  bed.live(30)
  bed.level = ({ target }) => (target === 'devmap' ? 0.95 : 1)
  bed.live(2)
  const { text, exit } = morning(bed, HELD)
  expect(exit).toBe(1)
  expect(text).toContain('somebody has to look.')
  expect(text).toMatch(/Slower: 2 figures:\n {2}ice × devmap, pdr: 2 cells, −[45]\.\d\d % on average\n/)
  expect(text).toMatch(
    /devmap\/linear\/native\/64\/1@simulated pdr: 7\.\d+ Mpps, −[45]\.\d\d % against the usual [78]\.\d+ Mpps; median of (7\.\d+ Mpps, ){4}7\.\d+ Mpps; level −[45]\.\d\d % since the night of 2026-01-31/,
  )
  expect(text).not.toContain('cpumap')
})

test('A claim that failed is broken, new when it held the night before, and outweighs what could not be measured', () => {
  const bed = new SimulatedBed('broken', [cellOf('devmap')], { noise: 0 })
  bed.live(12)
  const { text, exit } = morning(bed, [
    claim('every frame arrives', 'failed', 'LOST: 3 of 10000 frames did not arrive'),
    claim('an old sorrow', 'failed', 'LATE: 9 ms'),
    claim('a miss is named', 'infra', 'INFRA: agent: it is gone'),
  ])
  expect(exit).toBe(1)
  expect(text).toContain('Broken: 2 tests, 1 of which held the night before:')
  expect(text).toContain('devmap › every frame arrives (new)\n    LOST: 3 of 10000 frames did not arrive')
  expect(text).toContain('devmap › an old sorrow\n')
  expect(text).toContain('1 test: INFRA: agent: it is gone')
})

test('What the lab is to blame for is no failure of the DUT: one line for each cause, and exit code 3', () => {
  const bed = new SimulatedBed('blame', [cellOf('devmap')], { noise: 0 })
  bed.live(12)
  const tests = [
    ...Array.from({ length: 40 }, (_, at) => claim(`claim ${at}`, 'infra', 'INFRA: generator: gone')),
    claim('how many frames', 'failed', 'INVALID: the search ended without an answer'),
  ]
  const { text, exit } = morning(bed, tests)
  expect(exit).toBe(3)
  expect(text.match(/generator: gone/g)).toHaveLength(1)
  expect(text).toContain('40 tests: INFRA: generator: gone')
  expect(text).not.toContain('Broken')
})

test('A lab that broke for good is one line, however many tests and cells it kept from running', () => {
  const bed = new SimulatedBed('dead', [cellOf('devmap')])
  bed.live(12)
  const tonight = { ...bed.nights.at(-1)!, broken: 'generator: it does not answer', figures: [] }
  const tests = testsOf([claim('a', 'infra', 'INFRA: generator: it does not answer')], [])
  expect(exitOf(tonight, tests)).toBe(3)
  expect(nightText(tonight, tests, bed.nights, []).match(/does not answer/g)).toHaveLength(1)
})
