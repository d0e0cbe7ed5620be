/** Run by name. Both directions at once: a redirect on each of two ports, each with a ledger of its own. */
import { claimTogether, claimWhole } from '../fixtures/claims.ts'
import { modestLoad } from '../fixtures/loads.ts'
import { cells, tagsOf } from '../fixtures/matrix.ts'
import { test } from '../fixtures/test.ts'
import { runOptions } from '../lab/cli/run-options.ts'
import { framesAt } from '../lab/units/rate.ts'
import { framesPerSecond } from '../lab/units/frame.ts'
import { TARGETS } from '../lab/units/redirect.ts'

const { framesPerCell: FRAMES = 10_000, rate } = runOptions() ?? {}
/** Each way: a load lasts a second then. On a busy machine the second of them was seen to begin half a second late. */
const RATE = framesPerSecond(10_000)
const WAYS = [
  { from: 'ingress', to: 'egress' },
  { from: 'egress', to: 'ingress' },
] as const

/** Frames that an AF_XDP socket takes end there: no port lets them out, so that there is no other way. */
const THROUGH = TARGETS.filter((target) => target !== 'xskmap')

for (const target of THROUGH)
  for (const cell of cells({ linear: [64], 'non-linear': [9000] }))
    test(
      `every ${cell.frames} frame of ${cell.size} bytes arrives whole both ways at once through ${target}, ${cell.mode}`,
      { tag: [...tagsOf(cell), '@table'] },
      async ({ bed }) => {
        const { frames, mode, size } = cell
        test.skip(
          bed.interface('ingress') === bed.interface('egress'),
          'this bed has one port: there is no other way',
        )
        const load = {
          ...modestLoad(frames, size),
          count: FRAMES,
          rate: RATE,
          ...(rate && { rate: framesAt(rate, size, bed.line), relaxed: false }),
        }
        const redirects = [
          await bed.redirect({ target, frames, mode, ...WAYS[0] }),
          await bed.redirect({ target, frames, mode, ...WAYS[1] }),
        ]
        const trials = await bed.atOnce(redirects.map((redirect) => ({ redirect, load })))
        await claimTogether(trials)
        for (const [index, trial] of trials.entries()) {
          const { from, to } = WAYS[index]!
          await test.step(`from ${from} to ${to}`, () => claimWhole(trial))
        }
      },
    )
