/** The three steps of XDP_REDIRECT: lookup in the program, enqueue into a bulk, flush before the poll ends. */
import { claimAccounted, claimWhole } from '../fixtures/claims.ts'
import { modestLoad } from '../fixtures/loads.ts'
import { answersTheFlagsOnAMiss } from '../fixtures/lookup-miss.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { expect, test } from '../fixtures/test.ts'
import { framesPerSecond, frameSize } from '../lab/units/frame.ts'
import { MODES, type Target, TARGETS } from '../lab/units/redirect.ts'

/** Edges of both bulks: DEV_MAP_BULK_SIZE is 16, CPU_MAP_BULK_SIZE 8 (kernel/bpf/devmap.c, cpumap.c). */
const BURSTS = [1, 7, 8, 9, 15, 16, 17, 31, 32, 33]
const LARGEST_BULK: Readonly<Record<Target, number | undefined>> = {
  devmap: 16,
  'devmap-hash': 16,
  ifindex: 16,
  cpumap: 8,
  // A socket is given each frame by itself.
  xskmap: undefined,
}
/** Frames in a bulk that nobody flushes wait for the next poll, which on an idle link never comes. */
const FLUSHED_WITHIN_MS = 50
const SIZE = frameSize(64)

// The first step: what a lookup that finds nothing answers. ifindex has no map to look into.
for (const target of TARGETS) if (target !== 'ifindex') answersTheFlagsOnAMiss(target)

for (const target of TARGETS)
  for (const mode of MODES) {
    const tag = tagsOf({ frames: 'linear', mode })
    const spec = { target, frames: 'linear', mode } as const

    test(
      `${target}, ${mode}: one lookup a frame, bulks no larger than the kernel's`,
      { tag },
      async ({ bed }) => {
        const redirect = await bed.redirect(spec)
        // Frames that come together can leave together.
        const trial = await bed.trial(redirect, { ...modestLoad('linear', SIZE), burst: 64 })
        await claimWhole(trial)
        const { redirects, devmapBulks, cpumapBulks } = trial.evidence.observation
        const lookups = redirects.filter(({ program }) => program === redirect.object.programs['redirect'])
        expect(
          lookups.reduce((sum, { frames }) => sum + frames, 0),
          'xdp_redirect events',
        ).toBe(trial.offered)
        const bulks = Object.keys(target === 'cpumap' ? cpumapBulks : devmapBulks).map(Number)
        const largest = LARGEST_BULK[target]
        if (largest !== undefined)
          for (const bulk of bulks) expect(bulk, 'frames in one bulk').toBeLessThanOrEqual(largest)
        // In native mode at this rate bulks fill up; above the driver each frame goes alone.
        const { burst: alone } = bed.lab.generator.cannot
        if (alone !== undefined) await test.step(`${alone}: no bulk need fill up`, () => undefined)
        else if (largest !== undefined && mode === 'native')
          expect(Math.max(...bulks), 'the largest bulk').toBe(largest)
      },
    )

    test(
      `${target}, ${mode}: the last frame of a burst leaves with the first, on an idle link`,
      { tag },
      async ({ bed }) => {
        const redirect = await bed.redirect(spec)
        for (const burst of BURSTS) {
          const trial = await bed.trial(redirect, { size: SIZE, frames: 'linear', count: burst, burst })
          await test.step(`${burst} of ${burst} arrive`, () => expect(trial).toArriveWhole())
          bed.needsTimes(trial)
          await test.step(`none is held up`, () => expect(trial).toArriveWithin(FLUSHED_WITHIN_MS))
          await claimAccounted(trial)
        }
      },
    )

    test(`${target}, ${mode}: bad frames in a poll do not hold up good ones`, { tag }, async ({ bed }) => {
      // Two flows take turns, and the second is given a key that has no entry.
      const redirect = await bed.redirect({ ...spec, constants: { bad_every: 2 } })
      const trial = await bed.trial(redirect, {
        size: SIZE,
        frames: 'linear',
        count: 1000,
        rate: framesPerSecond(150_000),
        relaxed: true,
        burst: 64,
        flows: 2,
      })
      await test.step('the bad half is lost by the program, the good half arrives', () =>
        expect(trial).toLose(500, 'program', 'XDP_ABORTED'))
      await claimAccounted(trial)
    })

    test(`${target}, ${mode}: every CPU that receives redirects`, { tag }, async ({ bed }) => {
      const redirect = await bed.redirect(spec)
      for (let cpu = 0; cpu < bed.lab.dut.cpus; cpu++)
        await claimWhole(await bed.trial(redirect, { ...modestLoad('linear', SIZE), count: 2000, cpu }))
    })
  }

test('the kernel has not complained of a missing flush', async ({ bed }) => {
  const redirect = await bed.redirect({ target: 'devmap', frames: 'linear', mode: 'native' })
  await claimWhole(await bed.trial(redirect, modestLoad('linear', SIZE)))
  // "Missing xdp_do_flush() invocation after NAPI by …" (net/core/dev.c, since Linux 6.7 with CONFIG_DEBUG_NET)
  expect(bed.lab.collector.kernelLogSoFar().filter((line) => line.includes('xdp_do_flush'))).toEqual([])
})
