import { expect, test } from '@playwright/test'
import { RERUNS } from '../../../../lab/stats/nightly.ts'
import { cellOf, cells, SimulatedBed } from './simulated-bed.ts'

const DEVMAP = cellOf('devmap')

test('Ten nights are learnt, and from the eleventh on a cell is judged with one run while nothing is suspicious', () => {
  const bed = new SimulatedBed('learning', [DEVMAP], { noise: 0 })
  for (let night = 0; night < 10; night++) expect(bed.night()).toMatchObject([{ verdict: 'learning' }])
  expect(bed.night()).toMatchObject([{ verdict: 'ok', runs: [expect.any(Number)] }])
  expect(bed.measured).toBe(11)
})

test('A drop is measured four times more in its first night, and is a regression by the median of five', () => {
  const bed = new SimulatedBed('drop', cells(10))
  bed.live(30)
  bed.level = ({ target, size }) => (target === 'cpumap' && size === 64 ? 0.95 : 1)
  const slower = bed.night().filter(({ verdict }) => verdict === 'regression')
  expect(slower).toMatchObject([{ cell: cellOf('cpumap'), quantity: 'pdr' }])
  expect(slower[0]!.runs).toHaveLength(1 + RERUNS)
  expect(slower[0]!.change).toBeCloseTo(-0.05, 1)
  expect(slower[0]!.adjustedP).toBeLessThan(0.01)
})

test('One spoiled run is noise: its re-runs are as always, and the night stays a good one', () => {
  const bed = new SimulatedBed('spoiled', [DEVMAP])
  bed.live(20)
  bed.fault = (_, run) => (run === 0 ? { value: 7_000_000 } : undefined)
  const [figure] = bed.night()
  expect(figure).toMatchObject({ verdict: 'noise' })
  expect(figure!.figure).toBeGreaterThan(7_800_000)
})

test('What was slower last night is slower tonight too: a regression does not become what is usual', () => {
  const bed = new SimulatedBed('stays', [DEVMAP])
  bed.live(30)
  bed.level = () => 0.95
  for (let night = 0; night < 40; night++) expect(bed.night()).toMatchObject([{ verdict: 'regression' }])
})

test('An accepted level is what is expected from its night on, and a way back is an improvement', () => {
  const bed = new SimulatedBed('accepted', [DEVMAP, cellOf('cpumap')], { noise: 0.001 })
  bed.live(30)
  bed.level = ({ target }) => (target === 'devmap' ? 0.95 : 1)
  bed.live(12)
  bed.accepted = { run: bed.nights[30]!.run, at: bed.nights.at(-1)!.began }
  const [devmap, cpumap] = bed.night()
  const since = bed.accepted
  expect(devmap).toMatchObject({ verdict: 'ok', since })
  expect(cpumap, 'a cell that did not change keeps all of its nights').toMatchObject({ verdict: 'ok' })
  expect(cpumap!.since).toBeUndefined()
  bed.accepted = { run: bed.nights.at(-1)!.run, at: bed.nights.at(-1)!.began }
  expect(bed.night()[0], 'a later acceptance brings back no older level').toMatchObject({
    verdict: 'ok',
    since,
  })
  bed.level = () => 1
  expect(bed.night()[0]).toMatchObject({ verdict: 'improvement' })
})

test('A search whose lowest load lost too much is a drop, and no gap in the series', () => {
  const bed = new SimulatedBed('floor', [DEVMAP])
  bed.live(20)
  bed.fault = () => ({ irregular: 'below-floor', upper: 100_000 })
  expect(bed.night()).toMatchObject([{ verdict: 'regression', figure: 100_000 }])
})

for (const [invalid, blame] of [
  ['generator limit: TRex sent 9 frames a second, not 10 (its CPU was 99 % busy)', 'GENERATOR-LIMIT'],
  ['the link of a went down meanwhile', 'LINK'],
  ['TRex left 12 frames in its ring', 'TREX'],
  ['strange frames came meanwhile', 'INVALID'],
] as const)
  test(`A night whose figure says ‘${invalid}’ is laid on ${blame}, not on the DUT`, () => {
    const bed = new SimulatedBed('faults', [DEVMAP])
    bed.live(20)
    bed.fault = () => ({ invalid })
    expect(bed.night()).toMatchObject([{ verdict: 'unmeasured', blame, why: invalid, runs: [] }])
    bed.fault = () => undefined
    expect(bed.night()).toMatchObject([{ verdict: 'ok' }])
  })

test('A suspicion whose re-runs are all invalid is no regression: it could not be measured', () => {
  const bed = new SimulatedBed('re-runs', [DEVMAP])
  bed.live(20)
  bed.level = () => 0.9
  bed.fault = (_, run) => (run === 0 ? undefined : { invalid: 'the link of a went down meanwhile' })
  const [figure] = bed.night()
  expect(figure).toMatchObject({ verdict: 'unmeasured', blame: 'LINK' })
  expect(figure!.why).toContain('4 of its re-runs are missing')
})

/** Of nights and cells the false regressions, and of cells that lose 2 % those found on their first night. */
function trial(bed: SimulatedBed, nights: number, dropped: (target: string) => boolean) {
  bed.live(30)
  let alarms = 0
  for (let night = 0; night < nights; night++)
    alarms += bed.night().filter(({ verdict }) => verdict === 'regression').length
  bed.level = ({ target }) => (dropped(target) ? 0.98 : 1)
  const found = bed.night().filter(({ cell, verdict }) => dropped(cell.target) && verdict === 'regression')
  return { alarms, found: found.length }
}

test('Of 100 cells with 5 % spoiled runs, 2 % less in 20 of them is found on the first night in four of five, at less than one false alarm in 200', () => {
  const bed = new SimulatedBed('hundred', cells(100), { spoiled: 0.05 })
  const { alarms, found } = trial(bed, 20, (target) => target === 'devmap')
  test.info().annotations.push({ type: 'measured', description: JSON.stringify({ alarms, found }) })
  expect(found).toBeGreaterThanOrEqual(14)
  expect(alarms).toBeLessThanOrEqual(10)
})
