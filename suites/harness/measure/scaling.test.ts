import { expect, test } from '@playwright/test'
import { type ScalingBed, scalingSteps } from '../../../lab/measure/scaling.ts'

const VETH: ScalingBed = {
  target: 'cpumap',
  cpus: 2,
  taken: new Set([0]),
  ingress: { interface: 'd0', driver: 'veth', rxQueues: 1 },
}
const NIC: ScalingBed = {
  target: 'devmap',
  cpus: 16,
  taken: new Set(),
  ingress: { interface: 'enp1s0', driver: 'ice', rxQueues: 6 },
}
const absent = (bed: ScalingBed) =>
  scalingSteps(bed)
    .filter((step) => step.absent !== undefined)
    .map((step) => [step.name, step.absent])

test('Flows and bursts are tried on every bed, and each step changes one thing', () => {
  for (const bed of [VETH, NIC]) {
    const names = scalingSteps(bed).map(({ name }) => name)
    for (const name of ['1 flow', '2 flows', 'bursts of 1 frame', 'bursts of 256 frames'])
      expect(names).toContain(name)
    expect(new Set(names).size).toBe(names.length)
  }
})

test('A NIC of six queues is tried with one, two, four and all, with flows for each', () => {
  const steps = scalingSteps(NIC).filter(({ queues }) => queues !== undefined)
  expect(steps.map(({ queues, cores, flows }) => [queues, cores, flows])).toEqual([
    [1, 1, 64],
    [2, 2, 128],
    [4, 4, 256],
    [6, 6, 384],
  ])
  expect(absent(NIC)).toEqual([])
})

test('A bed without a second queue or CPU says so, with the proof', () => {
  expect(absent(VETH)).toEqual([
    ['2 target CPUs', "of the DUT's 2 CPUs the generator does not use 1"],
    ['2 receive queues', 'on veth a frame comes in by the queue of the CPU that sends it, and one CPU sends'],
  ])
  expect(absent({ ...NIC, ingress: { ...NIC.ingress, rxQueues: 1 } })).toEqual([
    ['2 receive queues', 'enp1s0 has one receive queue'],
  ])
  expect(absent({ ...NIC, target: 'xskmap' })).toEqual([
    ['2 receive queues', 'the socket is bound to one queue'],
  ])
})

test('A cpumap spreads over the last CPUs, none of them the generator’s', () => {
  const steps = scalingSteps({ ...VETH, cpus: 8, taken: new Set([0, 1, 2]) })
  expect(steps.flatMap(({ targetCpus }) => (targetCpus ? [targetCpus] : []))).toEqual([
    { first: 7, count: 1 },
    { first: 6, count: 2 },
    { first: 4, count: 4 },
    { first: 3, count: 5 },
  ])
})

test('Only a cpumap has queues of its own', () => {
  const sizes = (bed: ScalingBed) => scalingSteps(bed).filter(({ queueSize }) => queueSize !== undefined)
  expect(sizes(VETH).map(({ name }) => name)).toContain('a cpumap queue of 16384')
  expect(sizes(NIC)).toEqual([])
})

test('A generator that has no bursts says so of each, and is asked for none', () => {
  const noBursts = 'TRex hands frames to the NIC as it likes'
  const steps = scalingSteps({ ...NIC, noBursts }).filter(({ name }) => name.startsWith('bursts'))
  expect(steps.length).toBeGreaterThan(1)
  for (const step of steps) {
    expect(step.absent).toBe(noBursts)
    expect(step).not.toHaveProperty('burst')
  }
})
