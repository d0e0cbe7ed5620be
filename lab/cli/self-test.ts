/** `lab doctor --self-test`: what the generator itself can do and loses, two of its ports as each other's far end. */
import { openSoftGenerator } from '../generator/soft.ts'
import { openTrexGenerator } from '../generator/trex.ts'
import type { Generator } from '../generator/generator.ts'
import { type Ceilings, measureCeilings } from '../measure/ceiling.ts'
import type { Host } from '../remote/host.ts'
import type { LoadedTopology } from '../topology/load.ts'
import { WrongUse } from './wrong-use.ts'

/** Of a virtual bed, both ends of a cable that is there for this alone. */
const LOOP = ['loop0', 'loop1'] as const
/** The longest frame of the tables passes. */
const LOOP_MTU = 9216

/**
 * @param cabled names of two ports of the generator, cabled to each other for this; a virtual bed makes a cable.
 * @throws WrongUse when it is not said, on a bed of machines, which ports those are.
 */
export async function selfTest(
  host: Host,
  loaded: LoadedTopology,
  cabled: readonly [string, string] | undefined,
): Promise<Ceilings> {
  const { generator } = loaded.topology
  const virtual = generator.host === 'namespace'
  if (!virtual && cabled === undefined)
    throw new WrongUse(
      'the self-test sends from one port of the generator to another: cable two of them to each other, and name them: --self-test a,b',
    )
  const names = virtual ? LOOP : cabled!
  const unknown = virtual ? undefined : names.find((name) => !(name in generator.ports))
  if (unknown !== undefined)
    throw new WrongUse(
      `the generator has no port ${unknown}, only ${Object.keys(generator.ports).join(', ')}`,
    )
  const macs = virtual ? await makeLoop(host) : {}
  const of = virtual
    ? withPorts(loaded, Object.fromEntries(LOOP.map((name) => [name, { interface: name }])))
    : loaded
  const [one, other] = names
  const far = { [one]: macs[other] ?? BROADCAST, [other]: macs[one] ?? BROADCAST }
  const opened: Generator =
    generator.kind === 'trex'
      ? await openTrexGenerator(host, of, far)
      : await openSoftGenerator(host, of, far)
  try {
    return await measureCeilings(opened, names)
  } finally {
    await opened.close()
  }
}

const BROADCAST = 'ff:ff:ff:ff:ff:ff'

async function makeLoop(host: Host): Promise<Record<string, string>> {
  const [one, other] = LOOP
  const mtu = ['mtu', String(LOOP_MTU)]
  await host.run(['ip', 'link', 'add', one, ...mtu, 'type', 'veth', 'peer', 'name', other, ...mtu])
  // A port learns when it comes up whether its peer takes redirected frames.
  for (const name of LOOP) await host.run(['ethtool', '-K', name, 'gro', 'on'])
  for (const name of LOOP) await host.run(['ip', 'link', 'set', name, 'up'])
  const macs = LOOP.map(async (name) => [
    name,
    (await host.run(['cat', `/sys/class/net/${name}/address`])).trim(),
  ])
  return Object.fromEntries(await Promise.all(macs)) as Record<string, string>
}

function withPorts(loaded: LoadedTopology, ports: Record<string, { interface: string }>): LoadedTopology {
  const { topology } = loaded
  return { ...loaded, topology: { ...topology, generator: { ...topology.generator, ports } } }
}

/** In lines, for a terminal. */
export function ceilingsText({ generator, sizes }: Ceilings): string {
  const number = (value: number) => value.toLocaleString('en-US')
  const lines = sizes.map(
    ({ size, ceiling, lost, lostBelow, sent }) =>
      `  ${String(size).padStart(4)} bytes: ${number(ceiling).padStart(9)} frames a second; lost ${number(lost)} of ${number(sent)}, at nine tenths of it ${number(lostBelow)}`,
  )
  return [`\n${generator} by itself`, ...lines].join('\n')
}
