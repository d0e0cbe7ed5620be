/** `lab doctor`: what this machine, the DUT and the generator have and lack, with the remedy. */
import { locate, requirements } from '../setup/requirements.mjs'
import { openHosts } from '../provider/open-hosts.ts'
import { findProbes } from '../evidence/probes.ts'
import { readEnvironment } from '../evidence/environment.ts'
import type { Host } from '../remote/host.ts'
import { drawTopology } from '../topology/draw-topology.ts'
import { loadTopology } from '../topology/load.ts'
import { ceilingsFile, writeCeilings } from '../measure/ceiling.ts'
import { ceilingsText, selfTest } from './self-test.ts'

type Program = readonly [name: string, why: string, remedy: string]

/** What every machine of a bed needs, and what its DUT needs beside, where the evidence is taken. */
const ANYWHERE: readonly Program[] = [
  ['ip', 'sets MTU and state of ports', 'apt-get install iproute2'],
  ['ethtool', 'sets rings and offloads', 'apt-get install ethtool'],
]
const ON_THE_DUT: readonly Program[] = [
  ['bpftrace', 'follows drops', 'apt-get install bpftrace'],
  ['perf', 'records drops', 'apt-get install linux-perf'],
  ...ANYWHERE,
]

interface Flags {
  readonly topology: string
  /** true where the bed makes the cable itself. */
  readonly selfTest?: true | readonly [string, string]
}

export async function doctor({ topology: file, selfTest: loop }: Flags): Promise<void> {
  let lacks = 0
  const say = (found: boolean, name: string, detail: string) => {
    if (!found) lacks++
    console.log(`  ${found ? '✓' : '✗'} ${name}${detail ? `: ${detail}` : ''}`)
  }
  console.log('this machine')
  for (const requirement of requirements) {
    const { at, found } = locate(requirement)
    const remedy = requirement.debianPackage
      ? `apt-get install ${requirement.debianPackage}`
      : (requirement.get ?? '')
    say(
      at !== undefined,
      requirement.name,
      at ?? `${found ? `found ${found}` : 'missing'}; ${requirement.why}; ${remedy}`,
    )
  }
  say(
    process.getuid?.() === 0,
    'root',
    process.getuid?.() === 0 ? '' : 'the virtual lab makes network namespaces; run with sudo',
  )
  const loaded = await loadTopology(file)
  const { topology } = loaded
  console.log(`\n${drawTopology(topology)}\n`)
  const hosts = await openHosts(topology).catch((error: unknown) => {
    say(false, `topology ${topology.name}`, (error as Error).message)
    return undefined
  })
  try {
    if (hosts) {
      await examine(hosts.dut, ON_THE_DUT, say)
      await examine(hosts.generator, ANYWHERE, say)
      if (loop !== undefined) {
        const ceilings = await selfTest(hosts.generator, loaded, loop === true ? undefined : loop)
        await writeCeilings(ceilingsFile(topology.name), ceilings)
        console.log(ceilingsText(ceilings))
      }
    }
  } finally {
    await hosts?.close()
  }
  if (lacks > 0) {
    console.log(lacks === 1 ? '\nOne thing is missing.' : `\n${lacks} things are missing.`)
    process.exitCode = 3
  }
}

async function examine(
  host: Host,
  programs: readonly Program[],
  say: (found: boolean, name: string, detail: string) => void,
): Promise<void> {
  console.log(`\n${host.name}`)
  const { kernel, cpu, cpus } = await readEnvironment(host)
  say(true, 'kernel', `${kernel ?? 'unknown'}, ${cpus ?? '?'} CPUs (${cpu ?? 'unknown'})`)
  for (const [program, why, remedy] of programs) {
    const at = await host
      .run(['sh', '-c', 'PATH=$PATH:/usr/sbin:/sbin; command -v "$1"', 'sh', program])
      .catch(() => '')
    say(at !== '', program, at.trim() || `missing; ${why}; ${remedy}`)
  }
  const probes = await findProbes(host).catch((error: unknown) => (error as Error).message)
  say(
    typeof probes !== 'string',
    'xdp tracepoints',
    typeof probes === 'string' ? probes : [...probes].join(' '),
  )
  const ports = await host.run(['ip', '-brief', 'link']).catch(() => '')
  console.log(ports.trimEnd().replaceAll(/^/gm, '    '))
}
