/** Topology files for tests: written to a folder that goes away with the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import { InvalidTopology } from '../../../lab/topology/invalid-topology.ts'
import { type LoadedTopology, loadTopology } from '../../../lab/topology/load.ts'

interface Fixtures {
  /** Where `write` puts files. */
  folder: string
  /** Writes a topology file and gives its path. */
  write: (text: string) => Promise<string>
  load: (text: string) => Promise<LoadedTopology>
  /** What loading the text complains of, without the file's name; fails the test if it does not. */
  complaints: (text: string) => Promise<string[]>
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'topology-'))
    await use(folder)
    await rm(folder, { recursive: true })
  },
  write: async ({ folder }, use) => {
    await use(async (text) => {
      const file = join(folder, 'bed.yaml')
      await writeFile(file, text)
      return file
    })
  },
  load: async ({ write }, use) => use(async (text) => loadTopology(await write(text))),
  complaints: async ({ write }, use) =>
    use(async (text) => {
      const file = await write(text)
      const error = await loadTopology(file).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      if (!(error instanceof InvalidTopology)) throw new Error('expected InvalidTopology', { cause: error })
      return error.message.split('\n').map((line) => line.replace(`${file}:`, ''))
    }),
})

/** Line numbers of tests are of this text. */
export const MADE = `name: bed
dut:
  host: namespace
  ports:
    ingress: { interface: d0, driver: veth, queues: 2 }
    egress: { interface: d1, speed: 10Gbps }
generator:
  kind: soft
  host: namespace
  ports:
    a: { interface: t0 }
    b: { interface: t1 }
links:
  - [generator.a, dut.ingress]
  - [generator.b, dut.egress]
tuning:
  mtu: 1500
  napi: { threaded: true, fifo: 50, cpus: { ingress: 1 } }
  generatorCpus: [2, 3]
`

export const ADDRESSED = `name: bed
dut:
  host: { address: 192.0.2.1, key: keys/dut }
  ports:
    ingress: { pci: '0000:3b:00.0' }
generator:
  kind: trex
  path: /opt/trex
  host:
    address: generator.example
    agent: true
  ports:
    a: { pci: '0000:5e:00.0' }
links:
  - [generator.a, dut.ingress]
`

/** @throws Error when there is nothing to replace: a test that changes nothing finds nothing. */
export function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`no ${JSON.stringify(from)} to replace`)
  return text.replace(from, () => to)
}
