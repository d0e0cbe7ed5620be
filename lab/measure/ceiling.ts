/**
 * What a generator itself can do, found out without a DUT: two of its ports as each other's far end. Kept by the name
 * of the topology, so that a trial above it is known to say nothing about the DUT.
 */
import { randomInt } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Generator, Load, Mark } from '../generator/generator.ts'
import { framesPerSecond, type FrameSize, frameSize } from '../units/frame.ts'
import { seconds } from '../units/seconds.ts'
import { jsonOrNothing } from '../remote/json-or-nothing.ts'

/** Of RFC 2544 §9.1 the ends, and the longest frame of the tables. */
const SIZES = [64, 1518, 9000]
const FRAMES = 200_000
/** A shorter load is over before its end can be told to a few per cent. */
const LONG_ENOUGH = seconds(1)
/** The rate of a load that was too short is a guess, and a low one. */
const ATTEMPTS = 4
/** Beyond the time that is long enough. */
const ROOM = 1.2
/** What is left of the ceiling when something else wants the machine, too. */
const KEPT = 0.9
const SETTLED_MS = 300

export const Ceilings = z.object({
  generator: z.string(),
  measured: z.iso.datetime(),
  sizes: z.array(
    z.object({
      /** Bytes, FCS included. */
      size: z.number(),
      /** Frames a second, as fast as it goes. */
      ceiling: z.number(),
      /** Of those frames, how many it lost itself. */
      lost: z.number(),
      /** Of as many frames at 0.9 of the ceiling. */
      lostBelow: z.number(),
      sent: z.number(),
    }),
  ),
})
export type Ceilings = Readonly<z.infer<typeof Ceilings>>

/** @param ports names of two of the generator's ports with a cable between them. */
export async function measureCeilings(
  generator: Generator,
  [from, to]: readonly [string, string],
): Promise<Ceilings> {
  const sizes = []
  for (const bytes of SIZES) {
    const size = frameSize(bytes)
    const frames = bytes > 1518 ? ('non-linear' as const) : ('linear' as const)
    await generator.setMtu(Math.max(1500, bytes))
    const unpaced = await asFastAsItGoes(generator, { size, frames }, from, to)
    const { count } = unpaced
    const rate = framesPerSecond(Math.max(1, Math.floor(unpaced.rate * KEPT)))
    const below = await one(generator, { size, frames, count, rate }, from, to)
    sizes.push({
      size: bytes,
      // The rate of a line is no whole number, and a load may ask for all of it.
      ceiling: Math.ceil(unpaced.rate),
      lost: unpaced.lost,
      lostBelow: below.lost,
      sent: count,
    })
  }
  return {
    generator: `${generator.kind} ${generator.version}`,
    measured: new Date().toISOString(),
    sizes,
  }
}

interface Run {
  readonly rate: number
  readonly lost: number
  readonly count: number
}

/** With more and more frames, until they take long enough. */
async function asFastAsItGoes(
  generator: Generator,
  load: Omit<Load, 'count'>,
  from: string,
  to: string,
): Promise<Run> {
  let run = await one(generator, { ...load, count: FRAMES }, from, to)
  for (let attempt = 1; attempt < ATTEMPTS && run.count < run.rate * LONG_ENOUGH; attempt++)
    run = await one(generator, { ...load, count: Math.ceil(run.rate * LONG_ENOUGH * ROOM) }, from, to)
  return run
}

async function one(generator: Generator, load: Load, from: string, to: string): Promise<Run> {
  const mark: Mark = {
    signature: randomInt(1, 2 ** 32),
    flows: 1,
    count: load.count,
    verify: false,
    stampMask: 15,
  }
  await generator.listen(mark)
  const { offered, durationNs } = await generator.send({ ...load, from, to: [to] }, mark)
  await delay(SETTLED_MS)
  const { frames, duplicates } = (await generator.arrivals())[to]!
  await generator.finish()
  const lost = load.count - (frames - duplicates)
  return { rate: (offered * 1e9) / durationNs, lost, count: load.count }
}

/** Why a load says nothing about the DUT: more than the generator can do. undefined when that is not known of it. */
export function aboveCeiling(
  ceilings: Ceilings | undefined,
  { size, rate }: Pick<Load, 'size' | 'rate'>,
): string | undefined {
  if (!ceilings || rate === undefined) return undefined
  const most = ceilingFor(ceilings, size)
  if (most === undefined || rate <= most) return undefined
  return `generator limit: ${Math.round(rate)} frames of ${size} bytes a second are more than it was seen to send by itself (${most})`
}

/** Of the next longer frame that was tried: what is sent of longer ones is sent of shorter ones. */
function ceilingFor({ sizes }: Ceilings, size: FrameSize): number | undefined {
  const longer = sizes.filter((one) => one.size >= size).sort((a, b) => a.size - b.size)
  return longer[0]?.ceiling
}

/** Where those of a topology are kept. */
export function ceilingsFile(topology: string): string {
  return fileURLToPath(new URL(`../../results/ceilings/${topology}.json`, import.meta.url))
}

/** undefined when none were measured, or by another generator. */
export async function readCeilings(file: string, generator: string): Promise<Ceilings | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const ceilings = Ceilings.safeParse(jsonOrNothing(text))
  return ceilings.success && ceilings.data.generator === generator ? ceilings.data : undefined
}

export async function writeCeilings(file: string, ceilings: Ceilings): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(ceilings, null, 1)}\n`)
}
