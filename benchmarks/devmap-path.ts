/** The devmap path at 64 bytes as the harness drives it: one lab, one redirect, and a trial as often as asked. */
import { fileURLToPath } from 'node:url'
import { Redirect } from '../lab/dut/redirect.ts'
import type { EvidenceLevel } from '../lab/evidence/levels.ts'
import type { SoftGenerator } from '../lab/generator/soft.ts'
import { type Lab, openLab } from '../lab/measure/lab.ts'
import { mtuOf, runTrial } from '../lab/measure/trial.ts'
import { loadTopology } from '../lab/topology/load.ts'
import { frameSize } from '../lab/units/frame.ts'

const TOPOLOGY = fileURLToPath(new URL('../topologies/local.yaml', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../fixtures/programs/build/devmap.bpf.o', import.meta.url))
const SIZE = frameSize(64)

export interface Run {
  /** Million frames per second, from the first frame that left the generator to the last. */
  readonly mpps: number
  /** Why it does not count, if so. */
  readonly invalid?: string
}

export interface DevmapPath {
  readonly lab: Lab
  /** @param cpu that sends, and on veth does all the rest as well. */
  run(frames: number, batch: number, cpu: number, evidence: EvidenceLevel): Promise<Run>
  close(): Promise<void>
}

export async function openDevmapPath(): Promise<DevmapPath> {
  const lab = await openLab(await loadTopology(TOPOLOGY))
  try {
    await lab.setMtu(mtuOf({ size: SIZE }))
    await preferOverOthers(lab)
    const redirect = await Redirect.start(lab.dut, {
      target: 'devmap',
      frames: 'linear',
      mode: 'native',
      program: PROGRAM,
    })
    return {
      lab,
      run: async (frames, burst, cpu, evidence) => {
        const load = { size: SIZE, frames: 'linear', count: frames, burst, cpu } as const
        const { ledger, durationNs, invalid } = await runTrial(lab, redirect, load, { evidence })
        return runOf(frames, ledger.received, durationNs, invalid)
      },
      close: async () => {
        await redirect.stop()
        await lab.close()
      },
    }
  } catch (error) {
    await lab.close().catch(() => undefined)
    throw error
  }
}

/** The bare loop does the same: what else runs on this machine shall disturb neither. */
async function preferOverOthers({ generator, hosts }: Lab): Promise<void> {
  const { pid } = await (generator as SoftGenerator).agent.hello()
  await hosts.generator.run(['renice', '-n', '-20', '-p', String(pid)])
}

/** A rate at which frames were lost is the rate of something else. */
export function runOf(offered: number, received: number, durationNs: number, invalid?: string): Run {
  const why = invalid ?? (received === offered ? undefined : `${received} of ${offered} frames arrived`)
  return { mpps: (offered / durationNs) * 1000, ...(why === undefined ? {} : { invalid: why }) }
}
