/** The suites themselves: programs broken on purpose, each caught by the claim that it breaks. */
import type { Bed } from '../fixtures/bed.ts'
import { claimWhole } from '../fixtures/claims.ts'
import { modestLoad } from '../fixtures/loads.ts'
import { tagsOf } from '../fixtures/matrix.ts'
import { programFile } from '../fixtures/programs.ts'
import { expect, test } from '../fixtures/test.ts'
import type { Redirect } from '../lab/dut/redirect.ts'
import type { Load } from '../lab/generator/generator.ts'
import type { Trial } from '../lab/measure/trial.ts'
import { type FrameKind, frameSize } from '../lab/units/frame.ts'

const LINEAR = frameSize(64)
const NON_LINEAR = frameSize(9000)
const BURST = 33
const LATE_MS = 50

interface BrokenProgram {
  readonly program: string
  readonly frames: FrameKind
  /** Caught by what is in the frames, which not every generator tells. */
  readonly byContent?: true
  readonly constants?: Readonly<Record<string, number>>
  readonly load?: Partial<Load>
  readonly prepare?: (bed: Bed, redirect: Redirect) => Promise<void>
  readonly claim?: (trial: Trial) => Promise<void>
  /** What the claim says of it. */
  readonly says: RegExp
}

const BROKEN: readonly BrokenProgram[] = [
  {
    program: 'drops-every-100th',
    frames: 'linear',
    says: /LOST: 30 of 3000 frames did not arrive: 30 at program by XDP_DROP/,
  },
  {
    program: 'truncates-non-linear',
    frames: 'non-linear',
    byContent: true,
    says: /DAMAGED: .*3000 changed in length; frame \d+ was sent with 8996 bytes and came with 8896/,
  },
  {
    program: 'corrupts-last-byte',
    frames: 'non-linear',
    byContent: true,
    says: /DAMAGED: .*3000 changed in content; frame \d+ differs from byte 8988 of 8996 on/,
  },
  {
    program: 'never-fills-the-map',
    frames: 'linear',
    says: /LOST: 3000 of 3000 frames did not arrive: 3000 at program by XDP_ABORTED \(the helper found no entry for the key/,
  },
  {
    program: 'sends-to-the-wrong-port',
    frames: 'linear',
    says: /LOST: 3000 of 3000 frames did not arrive: 3000 at wire by wrong port/,
  },
  {
    program: 'duplicates-by-broadcast',
    frames: 'linear',
    prepare: (bed, redirect) =>
      redirect.object.set('targets', { key: 1, interface: bed.interface('egress') }),
    says: /DAMAGED: .*3000 arrived more than once/,
  },
  {
    program: 'reorders',
    frames: 'linear',
    prepare: (bed, redirect) =>
      redirect.object.set('detour', {
        key: 0,
        value: 2048,
        program: { object: redirect.object.name, name: 'on_cpu' },
      }),
    says: /DAMAGED: .*\d+ overtaken within their flow/,
  },
  {
    program: 'delays-the-last',
    frames: 'linear',
    constants: { last_of: BURST },
    load: { count: BURST, burst: BURST },
    claim: (trial) => test.step('none is held up', () => expect(trial).toArriveWithin(LATE_MS)),
    says: /LATE: of 33 frames the fastest took .* and the slowest (9\d|1\d\d)\.\d+ ms/,
  },
]

for (const { program, frames, byContent, constants, load, prepare, claim = claimWhole, says } of BROKEN)
  test(
    `a program that ${program.replaceAll('-', ' ')} is caught by name`,
    { tag: tagsOf({ frames, mode: 'native' }) },
    async ({ bed }) => {
      const redirect = await bed.redirect({
        target: 'devmap',
        frames,
        mode: 'native',
        program: programFile(`broken/${program}`),
        everyProgram: true,
        ...(constants ? { constants } : {}),
      })
      await prepare?.(bed, redirect)
      const size = frames === 'linear' ? LINEAR : NON_LINEAR
      const trial = await bed.trial(redirect, { ...modestLoad(frames, size), ...load })
      if (byContent) bed.needsTold(trial, 'content')
      await expect(claim(trial), 'what the claim says').rejects.toThrow(says)
    },
  )
