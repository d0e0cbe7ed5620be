/** Run by name. What flows, bursts, queues and target CPUs do to the highest rate of each target. */
import type { Bed } from '../fixtures/bed.ts'
import type { Bench } from '../fixtures/bench.ts'
import type { BenchedCell } from '../fixtures/bench-cells.ts'
import { measures } from '../fixtures/measures.ts'
import { test } from '../fixtures/test.ts'
import { queuesChange } from '../lab/dut/queues.ts'
import type { Lab } from '../lab/measure/lab.ts'
import { type RateTrial, runRateTrial } from '../lab/measure/rate-trial.ts'
import { type ScalingStep, scalingSteps } from '../lab/measure/scaling.ts'
import { maximumLoad, type MaximumLoad, tellingOn } from '../lab/measure/throughput.ts'
import { scalingFigure } from '../lab/record/scaling-figures.ts'
import { seconds } from '../lab/units/seconds.ts'

const ROUNDS = 3
const TRIAL = seconds(0.5)

await measures(
  'scaling',
  ({ target, frames, size, mode }) =>
    `${target}: what changes the rate of ${frames} frames of ${size} bytes, ${mode}`,
  async ({ cell, lab, bed, bench }) => {
    test.setTimeout(300_000)
    const { dut, loaded } = lab
    const { cannot } = lab.generator
    const { generator, dut: at, tuning } = loaded.topology
    const shared = generator.host === 'namespace' && at.host === 'namespace'
    const steps = scalingSteps({
      target: cell.target,
      cpus: dut.cpus,
      taken: new Set(shared ? tuning?.generatorCpus : []),
      ingress: bed.port('ingress'),
      ...(cannot.burst === undefined ? {} : { noBursts: cannot.burst }),
    })
    const most = await maximumLoad(lab, await bench.start(cell), bench.keep)
    const trials = new Map<ScalingStep, RateTrial[]>(steps.map((step) => [step, []]))
    // In turns, so that whatever else the machine does meanwhile comes to all of them.
    for (let round = 1; round <= ROUNDS; round++)
      for (const step of steps) {
        if (step.absent !== undefined) continue
        trials.get(step)!.push(await runStep(bed, bench, cell, { step, most }))
        bench.progress(`${step.name}, round ${round} of ${ROUNDS}`)
      }
    for (const [step, own] of trials)
      bench.measured(
        [scalingFigure(step, own, tellingOn(lab))],
        step.cores === undefined ? {} : { cores: step.cores },
      )
    await bench.claimAccounted()
  },
)

interface Asked {
  readonly step: ScalingStep
  readonly most: MaximumLoad
}

async function runStep(bed: Bed, bench: Bench, cell: BenchedCell, asked: Asked): Promise<RateTrial> {
  const { queues } = asked.step
  const { dut } = bed.lab
  const change = queues === undefined ? undefined : await queuesChange(dut, bed.interface('ingress'), queues)
  return bed.changedFor(change, () => trialOf(bed.lab, bench, cell, asked))
}

async function trialOf(lab: Lab, bench: Bench, cell: BenchedCell, { step, most }: Asked): Promise<RateTrial> {
  const { flows, burst, targetCpus } = step
  const { first, count } = targetCpus ?? { first: lab.dut.cpus - 1, count: 1 }
  const { redirect, size, frames, options } = await bench.start(
    cell,
    targetCpus ? { cpu: first, constants: { spread: count } } : {},
  )
  if (cell.target === 'cpumap')
    for (let cpu = first; cpu < first + count; cpu++)
      await redirect.setCpu(cpu, step.queueSize === undefined ? {} : { queueSize: step.queueSize })
  const load = {
    ...{ size, frames, ...most, duration: TRIAL },
    ...(flows === undefined ? {} : { flows }),
    ...(burst === undefined ? {} : { burst }),
  }
  const trial = await runRateTrial(lab, redirect, load, options)
  bench.keep(trial, step.name)
  await redirect.stop()
  return trial
}
