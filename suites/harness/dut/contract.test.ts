/** What a program lacks is said before it is attached. */
import { expect, test } from '@playwright/test'
import { checkContract, type Offered, UnfitProgram } from '../../../lab/dut/contract.ts'

const COUNTED = { name: 'counted', type: 6, valueBytes: 8, entries: 24 }
const DEVMAP = { name: 'targets', type: 14, valueBytes: 8, entries: 64 }
const FIT: Offered = { programs: [{ name: 'redirect' }], maps: [COUNTED, DEVMAP] }
const problem = (
  offered: Offered,
  target: 'devmap' | 'cpumap' | 'ifindex' = 'devmap',
  programs = ['redirect'],
) => {
  try {
    checkContract('own.bpf.o', offered, target, programs)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(UnfitProgram)
    return (error as Error).message
  }
}

test('A program that offers what its target needs is fit', () => {
  expect(problem(FIT)).toBeUndefined()
  expect(problem({ ...FIT, maps: [COUNTED] }, 'ifindex')).toBeUndefined()
  expect(problem({ ...FIT, maps: [{ ...COUNTED, type: 2 }, DEVMAP] })).toBeUndefined()
})

test('Everything that is missing is said at once, and where to read on', () => {
  expect(problem({ programs: [], maps: [] })).toBe(
    "own.bpf.o cannot redirect through devmap: it has no program 'redirect' (SEC(\"xdp\")); no map 'counted', an array of 24 64-bit counters; no map 'targets' (BPF_MAP_TYPE_DEVMAP). docs/programs.md says what it must offer.",
  )
})

test('A map of another type or size is said to be so', () => {
  expect(problem({ ...FIT, maps: [COUNTED, { ...DEVMAP, type: 25 }] })).toContain(
    "a map 'targets' of type 25, not BPF_MAP_TYPE_DEVMAP (14)",
  )
  expect(problem({ ...FIT, maps: [{ ...COUNTED, entries: 5 }, DEVMAP] })).toContain(
    "a map 'counted' of type 6 with 5 entries of 8 bytes, not an array of 24 64-bit counters",
  )
})

test('A cpumap also needs the program of its entry and the map that leads onward', () => {
  const cpumap = { ...FIT, maps: [COUNTED, { ...DEVMAP, type: 16 }] }
  expect(problem(cpumap, 'cpumap', ['redirect', 'on_cpu'])).toContain(
    "no program 'on_cpu' (SEC(\"xdp\")); no map 'onward' (BPF_MAP_TYPE_DEVMAP)",
  )
})
