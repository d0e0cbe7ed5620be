/** Run by name. What flows, bursts, queues and target CPUs do to the highest rate of each target. */
import type { Bed } from '../fixtures/bed.ts'
import type { Bench } from '../fixtures/bench.ts'
import { type BenchedCell, cellsToMeasure } from '../fixtures/bench-cells.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { test } from '../fixtures/test.ts'
import { queuesChange } from '../lab/dut/queues.ts'
import { type RateTrial, runRateTrial } from '../lab/measure/rate-trial.ts'
import { type ScalingStep, scalingSteps } from '../lab/measure/scaling.ts'
import { UNPACED } from '../lab/measure/throughput.ts'
import { scalingFigure } from '../lab/record/scaling-figures.ts'
import { seconds } from '../lab/units/seconds.ts'

const TRIALS = 3
const TRIAL = seconds(0.5)

for (const cell of await cellsToMeasure('scaling'))
  test(
    `${cell.target}: what changes the rate of ${cell.frames} frames of ${cell.size} bytes, ${cell.mode}`,
    { tag: [...tagsOf(cell), '@bench'] },
    async ({ bed, bench }) => {
      test.setTimeout(300_000)
      const { dut, loaded } = bed.lab
      const { cannot } = bed.lab.generator
      const { generator, dut: at, tuning } = loaded.topology
      const shared = generator.host === 'namespace' && at.host === 'namespace'
      const steps = scalingSteps({
        target: cell.target,
        cpus: dut.cpus,
        taken: new Set(shared ? tuning?.generatorCpus : []),
        ingress: bed.port('ingress'),
        ...(cannot.burst === undefined ? {} : { noBursts: cannot.burst }),
      })
      const results = []
      for (const step of steps) {
        const trials = step.absent === undefined ? await trialsOf(bed, bench, cell, step) : []
        results.push({ step, figure: scalingFigure(step, trials) })
      }
      for (const { step, figure } of results)
        bench.measured([figure], step.cores === undefined ? {} : { cores: step.cores })
      await bench.claimAccounted()
    },
  )

async function trialsOf(bed: Bed, bench: Bench, cell: BenchedCell, step: ScalingStep): Promise<RateTrial[]> {
  const { lab } = bed
  const { flows, burst, targetCpus, queues } = step
  if (queues !== undefined) await bed.change(await queuesChange(lab.dut, bed.interface('ingress'), queues))
  const { first, count } = targetCpus ?? { first: lab.dut.cpus - 1, count: 1 }
  const { redirect, size, frames, options } = await bench.start(
    cell,
    targetCpus ? { cpu: first, constants: { spread: count } } : {},
  )
  if (cell.target === 'cpumap')
    for (let cpu = first; cpu < first + count; cpu++)
      await redirect.setCpu(cpu, step.queueSize === undefined ? {} : { queueSize: step.queueSize })
  const load = {
    ...{ size, frames, rate: UNPACED, duration: TRIAL, paced: false },
    ...(flows === undefined ? {} : { flows }),
    ...(burst === undefined ? {} : { burst }),
  }
  const trials = []
  for (let number = 1; number <= TRIALS; number++) {
    const trial = await runRateTrial(lab, redirect, load, options)
    bench.keep(trial, step.name)
    bench.progress(`${step.name}, trial ${number} of ${TRIALS}`)
    trials.push(trial)
  }
  await redirect.stop()
  return trials
}
