/** What a run is asked to do. The command writes it into the environment of the test runner, which reads it. */
import { z } from 'zod'
import { EVIDENCE_LEVELS } from '../evidence/levels.ts'
import { FRAME_KINDS } from '../units/frame.ts'
import { RATE_UNITS } from '../units/rate.ts'
import { MODES, TARGETS } from '../units/redirect.ts'

const VARIABLE = 'REDIRECT_LAB_RUN'

export const DISPROOFS = ['causes', 'counts'] as const

export const RunOptions = z.object({
  topology: z.string(),
  /** Folder of the run, absolute. */
  folder: z.string(),
  evidence: z.enum(EVIDENCE_LEVELS),
  frames: z.enum(FRAME_KINDS).optional(),
  mode: z.enum(MODES).optional(),
  /** Frame size in bytes, FCS included, in place of the table's. */
  size: z.number().optional(),
  /** Frames to send in each cell of a suite's table. */
  framesPerCell: z.number().optional(),
  /** Of each cell of a suite's table: frames or bits per second, or a part of the line. */
  rate: z.object({ unit: z.enum(RATE_UNITS), value: z.number().positive() }).optional(),
  /** Path of a compiled program to run in place of the lab's own. */
  program: z.string().optional(),
  /** Path of a profile of TRex, absolute, for the suite `profile`. */
  profile: z.string().optional(),
  /** Takes the generator's ports from whoever holds them. */
  takeOver: z.boolean().optional(),
  json: z.boolean(),
  /** Of `lab bench`. */
  bench: z
    .object({
      targets: z.array(z.enum(TARGETS)),
      /** Frame sizes in bytes, FCS included. */
      sizes: z.array(z.number()),
      /** Names of search goals. */
      goals: z.array(z.string()),
      /** Seconds that a cell's search may take. */
      seconds: z.number(),
      /** Only these cells, also when this run has figures of them: a night that doubts them measures again. */
      again: z
        .array(
          z.object({
            target: z.enum(TARGETS),
            frames: z.enum(FRAME_KINDS),
            mode: z.enum(MODES),
            size: z.number(),
          }),
        )
        .optional(),
      /** Of the suite `rate` in each cell. */
      samples: z.number().optional(),
      /** Another program that takes turns with the first in the suite `rate`, and the folder of its figures. */
      versus: z.object({ program: z.string().optional(), folder: z.string() }).optional(),
    })
    .optional(),
  /** Tries the suite `drops` itself: conditions are left out, or a frame too many is expected; every row must fail. */
  disprove: z.enum(DISPROOFS).optional(),
})
export type RunOptions = Readonly<z.infer<typeof RunOptions>>

export function runEnvironment(options: RunOptions): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(options) }
}

/** undefined outside of `lab run`. */
export function runOptions(): RunOptions | undefined {
  const text = process.env[VARIABLE]
  return text === undefined ? undefined : RunOptions.parse(JSON.parse(text))
}
