/** What a drawing of a topology shows, before it is decided how: hosts, port pairs, tuning. */
import { peerOf } from './ports.ts'
import type { HostAt, Port, Topology, Tuning } from './schema.ts'

export interface Sketch {
  readonly name: string
  readonly description: string
  readonly generator: HostSketch
  readonly dut: HostSketch
  /** One for each link, in the order of the file, then the ports without link. */
  readonly rows: readonly Row[]
  readonly notes: readonly Note[]
}
export interface HostSketch {
  readonly title: string
  /** Where it is, in pieces that follow each other without a space; a line may break between them. */
  readonly at: readonly string[]
}
/** A cable leads straight across, from a generator port to a DUT port. */
export interface Row {
  readonly generator?: PortSketch
  readonly dut?: PortSketch
}
export interface PortSketch {
  readonly name: string
  /** Interface or PCI address, driver, speed, queues: what is declared of them. */
  readonly details: readonly string[]
}
export interface Note {
  readonly label: string
  readonly text: string
}

export function sketch(topology: Topology): Sketch {
  const { name, description = '', dut, generator, tuning = {} } = topology
  return {
    name,
    description,
    generator: {
      title: `generator (${generator.kind === 'trex' ? 'TRex' : 'soft'})`,
      at: place(generator.host),
    },
    dut: { title: 'dut', at: place(dut.host) },
    rows: [...cables(topology), ...loosePorts(topology)],
    notes: [...hairpin(topology), ...tuningNotes(tuning)],
  }
}

function place(host: HostAt): string[] {
  if (host === 'namespace') return ['namespace on this machine']
  const address = host.address.includes(':') ? `[${host.address}]` : host.address
  return [`${host.user}@`, `${address}${host.port === 22 ? '' : `:${host.port}`}`]
}

function cables({ dut, generator, links }: Topology): Row[] {
  return links.map((link) => {
    const nameOn = (side: string) => link.find((end) => end.startsWith(`${side}.`))!.slice(side.length + 1)
    const [from, to] = [nameOn('generator'), nameOn('dut')]
    return { generator: portSketch(from, generator.ports[from]!), dut: portSketch(to, dut.ports[to]!) }
  })
}

function loosePorts(topology: Topology): Row[] {
  return (['generator', 'dut'] as const).flatMap((side) =>
    Object.entries(topology[side].ports)
      .filter(([name]) => peerOf(topology, `${side}.${name}`) === undefined)
      .map(([name, port]) => ({ [side]: portSketch(name, port) })),
  )
}

function portSketch(name: string, { interface: device, pci, driver, speed, queues }: Port): PortSketch {
  const queueText = queues === undefined ? undefined : `${queues} ${queues === 1 ? 'queue' : 'queues'}`
  return { name, details: [device, pci, driver, speed, queueText].filter((one) => one !== undefined) }
}

function hairpin({ dut }: Topology): Note[] {
  if (dut.ports['egress'] !== undefined) return []
  return [{ label: 'egress', text: 'none: frames are redirected back out of ingress' }]
}

function tuningNotes({ mtu, rings, napi, generatorCpus }: Tuning): Note[] {
  const said = (parts: readonly (string | false | undefined)[]) =>
    parts.filter((part) => typeof part === 'string').join(', ')
  const notes = {
    MTU: said([mtu !== undefined && `${mtu} bytes`]),
    rings: said(Object.entries(rings ?? {}).map(([way, size]) => `${way} ${size}`)),
    NAPI: said([
      napi?.threaded === true && 'threaded',
      napi?.threaded === false && 'not threaded',
      napi?.fifo !== undefined && `SCHED_FIFO priority ${napi.fifo}`,
    ]),
    'NAPI CPUs': said(Object.entries(napi?.cpus ?? {}).map(([role, cpu]) => `${role} on ${cpu}`)),
    'generator CPUs': said((generatorCpus ?? []).map(String)),
  }
  return Object.entries(notes)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => ({ label, text }))
}
