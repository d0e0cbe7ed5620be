import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { readNights, writeNight } from '../../../../lab/record/night/night.ts'
import { runFolder } from '../../../../lab/record/run-folder.ts'
import { test } from '../store/run-files.ts'
import { BED, cellOf, SimulatedBed } from './simulated-bed.ts'

test('Nights are read back as they were, the oldest first: of one bed, and of runs that were nights', ({
  results,
}) => {
  const bed = new SimulatedBed('stored', [cellOf('devmap')])
  bed.live(3)
  const names = bed.nights.toReversed().map((night) => {
    const name = results.add(night.began.slice(0, 16))
    writeNight(runFolder(join(results.path, name)), night)
    return name
  })
  const [first] = bed.nights
  const elsewhere = results.add('2026-01-09T02:00')
  writeNight(runFolder(join(results.path, elsewhere)), { ...first!, topology: 'another' })
  results.add('2026-01-10T02:00')
  const unread: string[] = []
  const read = readNights(results.path, BED, (file) => unread.push(file))
  expect(read).toEqual(bed.nights.map((night, at) => ({ ...night, run: names.toReversed()[at] })))
  expect(unread).toEqual([])
})

test('A night that was cut short while it was written is named, and the others are read', ({ results }) => {
  const bed = new SimulatedBed('cut', [])
  bed.live(1)
  const good = results.add('2026-01-01T02:00')
  writeNight(runFolder(join(results.path, good)), bed.nights[0]!)
  const cut = join(results.path, results.add('2026-01-02T02:00'), 'night.json')
  writeFileSync(cut, '{"schema":1,"topo')
  const unread: string[] = []
  expect(readNights(results.path, BED, (file) => unread.push(file))).toHaveLength(1)
  expect(unread).toEqual([cut])
})
