/** Run by name. Frames of many sizes in one load: the Internet mix, or whatever a profile of TRex describes. */
import { basename } from 'node:path'
import { claimAccounted, claimWhole } from '../fixtures/claims.ts'
import { modestLoad } from '../fixtures/loads.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'
import { runOptions } from '../lab/cli/run-options.ts'
import { isTrex } from '../lab/generator/trex.ts'
import { frameSize, LARGEST_LINEAR } from '../lab/units/frame.ts'
import { IMIX, meanSize } from '../lab/units/mix.ts'
import { framesAt } from '../lab/units/rate.ts'
import { MODES, TARGETS } from '../lab/units/redirect.ts'
import { seconds } from '../lab/units/seconds.ts'

/** Of the mix: as many times all of its parts as come to this. */
const FRAMES = runOptions()?.framesPerCell ?? 12_000
/** Streams without an end are ended after so long. */
const PROFILE_TIME = seconds(1)
const LARGEST = frameSize(LARGEST_LINEAR)

const { profile, rate } = runOptions() ?? {}

for (const target of TARGETS)
  for (const mode of MODES)
    if (profile === undefined)
      test(
        `every frame of the Internet mix (64, 570, 1518 bytes, 7:4:1) arrives whole through ${target}, ${mode}`,
        { tag: tagsOf({ frames: 'linear', mode }) },
        async ({ bed }) => {
          const redirect = await bed.redirect({ target, frames: 'linear', mode })
          const trial = await bed.trial(redirect, {
            ...modestLoad('linear', LARGEST),
            count: FRAMES,
            mix: IMIX,
            ...(rate && { rate: framesAt(rate, meanSize(IMIX), bed.line), relaxed: false }),
          })
          await claimWhole(trial)
        },
      )
    else
      test(
        `each frame of ${basename(profile)} is accounted for by counters, through ${target}, ${mode}`,
        { tag: tagsOf({ frames: 'linear', mode }) },
        async ({ bed }) => {
          const { generator, cables } = bed.lab
          test.skip(!isTrex(generator), generator.cannot.profile ?? '')
          if (!isTrex(generator)) return
          const { longest } = await generator.examine(profile, cables['ingress']!)
          const size = frameSize(Math.max(longest, 64))
          const frames = longest > LARGEST_LINEAR ? 'non-linear' : 'linear'
          const redirect = await bed.redirect({ target, frames, mode, constants: { every: 1 } })
          const trial = await bed.trial(redirect, {
            size,
            frames,
            count: 1,
            relaxed: true,
            profile: { path: profile, seconds: PROFILE_TIME, ...(rate && { rate }) },
          })
          await test.step('what arrives is as much as counters can tell', () =>
            expect(trial).toArriveUndamaged())
          await claimAccounted(trial)
          expect(trial.offered, 'frames that the profile sent').toBeGreaterThan(0)
        },
      )
