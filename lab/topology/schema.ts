/**
 * What a topology file may say: the test bed as data. Descriptions are noun phrases, since they serve three
 * readers: this file's, an editor's (JSON schema) and whoever reads "expected …" in an error.
 */
import { isIP } from 'node:net'
import * as z from 'zod'
import { checkCpuRoles, checkWiring } from './wiring.ts'

const about = (description: string) => ({ description })

/** Of a DUT port (its role) or a generator port. No dots: links name ports as `host.port`. */
const PortName = z
  .string()
  .meta(about('a port name of at most 20 lower-case letters, digits and dashes, beginning with a letter'))
  .regex(/^[a-z][a-z0-9-]*$/)
  .max(20)

/** Narrower than the kernel (dev_valid_name in net/core/dev.c), which also takes what a shell would split. */
const InterfaceName = z
  .string()
  .meta(
    about('an interface name of 1 to 15 letters, digits, dots, dashes and underscores, like enp59s0f0np0'),
  )
  .regex(/^(?!-)(?!\.{1,2}$)[A-Za-z0-9._-]+$/)
  .max(15)

const PciAddress = z
  .string()
  .meta(about('a PCI address with domain, in lower case, like 0000:3b:00.0'))
  .regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/)

const DriverName = z
  .string()
  .meta(about('the name of a kernel driver, like mlx5_core'))
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(55)

const Speed = z
  .string()
  .meta(about('a line speed above zero with its unit, like 100Gbps, 2.5Gbps or 100Mbps'))
  .regex(/^(?!0+(\.0+)?[MG])\d+(\.\d+)?[MG]bps$/)

/** The kernel makes no device with more (rtnl_create_link in net/core/rtnetlink.c). */
const MOST_QUEUES = 4096
/** The largest NR_CPUS a kernel can be built with on x86 and arm64 is 8192. */
const Cpu = z.int().meta(about('the number of a CPU, from 0')).min(0).max(8191)
const TcpPort = z.int().meta(about('a TCP port of 1 to 65535')).min(1).max(65_535)

const PortSchema = z
  .strictObject({
    interface: InterfaceName.exactOptional(),
    pci: PciAddress.exactOptional(),
    driver: DriverName.exactOptional(),
    speed: Speed.exactOptional(),
    queues: z
      .int()
      .meta(about(`a number of queues of 1 to ${MOST_QUEUES}`))
      .min(1)
      .max(MOST_QUEUES)
      .exactOptional(),
  })
  .refine(({ interface: name, pci }) => (name === undefined) !== (pci === undefined), {
    error: ({ input }) => exactlyOne(input, 'interface', 'pci'),
    when: isFaultless,
  })
  .meta({
    ...about('a port: an interface name or a PCI address, and what is known of its hardware'),
    id: 'Port',
    oneOf: [{ required: ['interface'] }, { required: ['pci'] }],
  })

const AddressedHostSchema = z
  .strictObject({
    address: z
      .string()
      .meta(about('a host name or IP address, without user and port'))
      .refine((address) => isIP(address) !== 0 || HOST_NAME.test(address)),
    port: TcpPort.default(22),
    user: z
      .string()
      .meta(about('the name of a user'))
      .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/)
      .default('root'),
    key: z
      .string()
      .meta(about('the path of a private key file: absolute, from ~, or relative to this file'))
      .min(1)
      .refine((path) => !/\n|PRIVATE KEY/.test(path), {
        error: 'a topology holds no secrets: expected the path of a private key file, found a key',
      })
      .exactOptional(),
    agent: z
      .boolean()
      .meta(about('true to use the SSH agent (SSH_AUTH_SOCK) and no key file'))
      .exactOptional(),
    knownHosts: z
      .string()
      .meta(about('the path of a known_hosts file: absolute, from ~, or relative to this file'))
      .min(1)
      .default('~/.ssh/known_hosts'),
  })
  .refine(({ key, agent }) => (key === undefined) !== (agent !== true), {
    error: ({ input }) => exactlyOne(input, 'key', 'agent: true'),
    when: isFaultless,
  })
  .meta({
    ...about('a machine that is reached by SSH'),
    oneOf: [{ required: ['key'] }, { required: ['agent'], properties: { agent: { const: true } } }],
  })

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*$/

const HostAtSchema = z
  .union([
    z.literal('namespace').meta(about('a network namespace of this machine, made for each run')),
    AddressedHostSchema,
  ])
  .meta({
    ...about('the word namespace (a host made on this machine) or a map with the address of a machine'),
    id: 'HostAt',
  })

const generatorPorts = z.record(PortName, PortSchema).meta(about('the ports of the generator by name'))

const GeneratorSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('soft').meta(about('the generator that comes with the lab')),
        host: HostAtSchema,
        ports: generatorPorts,
      })
      .meta(about('the built-in soft generator')),
    z
      .strictObject({
        kind: z.literal('trex').meta(about('a TRex server, installed on the host')),
        host: HostAtSchema,
        ports: generatorPorts,
        path: z
          .string()
          .meta(about('the absolute path of the TRex installation on the generator, like /opt/trex/v3.06'))
          .regex(/^\//)
          .exactOptional(),
        server: z
          .enum(['start', 'attach'])
          .meta(about('start to start a server for each run, attach to use one that runs already'))
          .exactOptional(),
        rpcPort: TcpPort.exactOptional(),
        eventPort: TcpPort.exactOptional(),
        profile: z
          .string()
          .meta(
            about(
              'the path of a stateless profile (.py or .yaml): absolute, from ~, or relative to this file',
            ),
          )
          .regex(/\.(py|yaml)$/)
          .exactOptional(),
        cores: z
          .int()
          .meta(about('a number of threads that send, of 1 to 64, for each pair of ports'))
          .min(1)
          .max(64)
          .exactOptional(),
        lowEnd: z
          .boolean()
          .meta(about('true to have TRex do with one CPU, and sleep where it would poll'))
          .exactOptional(),
        ring: z
          .int()
          .meta(about('a ring of 64 to 65536 frames, for ports of the kernel'))
          .min(64)
          .max(65_536)
          .multipleOf(64)
          .exactOptional(),
      })
      .meta(about('a TRex server')),
  ])
  .meta(about('a traffic generator: its kind (soft or trex), host and ports'))

const LinkEnd = z.string().meta({
  ...about('a declared port like generator.a or dut.ingress'),
  pattern: String.raw`^(generator|dut)\.`,
})

const TuningSchema = z
  .strictObject({
    mtu: z.int().meta(about('an MTU of 68 to 65535 bytes')).min(68).max(65_535).exactOptional(),
    rings: z
      .strictObject({ rx: ringSize('receive').exactOptional(), tx: ringSize('transmit').exactOptional() })
      .meta(about('ring sizes rx and tx, in descriptors'))
      .exactOptional(),
    napi: z
      .strictObject({
        threaded: z
          .boolean()
          .meta(about('true to poll the ports of the DUT in kernel threads'))
          .exactOptional(),
        fifo: z
          .int()
          .meta(about('a SCHED_FIFO priority of 1 to 99 for the NAPI threads'))
          .min(1)
          .max(99)
          .exactOptional(),
        cpus: z
          .record(PortName, Cpu)
          .meta(about('a CPU for the NAPI threads of each named DUT port'))
          .exactOptional(),
      })
      .superRefine(({ threaded, fifo, cpus }, context) => {
        if (threaded === true) return
        for (const [key, value] of Object.entries({ fifo, cpus }))
          if (value !== undefined)
            context.addIssue({
              code: 'custom',
              path: [key],
              message: `expected threaded: true beside it, since only NAPI threads have one; found ${threaded === undefined ? 'no threaded' : 'threaded: false'}`,
            })
      })
      .meta(about('how the DUT polls its ports (NAPI): threaded, fifo, cpus'))
      .exactOptional(),
    generatorCpus: z
      .array(Cpu)
      .min(1)
      .meta(about('a list of at least one CPU that the generator may use'))
      .exactOptional(),
  })
  .meta(about('what the lab sets before it measures: mtu, rings, napi, generatorCpus'))

export const TopologySchema = z
  .strictObject({
    name: z
      .string()
      .meta(about('a name in kebab-case of at most 60 characters, like two-port'))
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .max(60),
    description: z
      .string()
      .meta(about('a sentence on what this test bed is, without control characters'))
      // It is printed to terminals and drawn into SVG, which both give control characters a meaning.
      .refine((text) => /^[\P{Cc}\n\t]*$/u.test(text))
      .exactOptional(),
    dut: z
      .strictObject({
        host: HostAtSchema,
        ports: z.record(PortName, PortSchema).meta({
          ...about(
            'the ports of the DUT by role: ingress, egress (absent: frames go back out of ingress), others',
          ),
          required: ['ingress'],
        }),
      })
      .meta(about('the device under test: its host and ports')),
    generator: GeneratorSchema,
    links: z
      .array(z.tuple([LinkEnd, LinkEnd]).meta(about('a pair of ports like [generator.a, dut.ingress]')))
      .meta(about('a list of cables, each a pair of ports like [generator.a, dut.ingress]')),
    tuning: TuningSchema.exactOptional(),
    nightly: z
      .boolean()
      .meta(about('true to have the nightly workflow run on this test bed'))
      .exactOptional(),
  })
  .superRefine(checkWiring, { when: isSound('dut', 'generator', 'links') })
  .superRefine(checkCpuRoles, { when: isSound('dut', 'tuning') })
  .meta({ ...about('a topology: name, dut, generator, links'), title: 'Topology of a redirect-lab test bed' })

type Frozen<T> = { readonly [Key in keyof T]: Frozen<T[Key]> }

export type Topology = Frozen<z.infer<typeof TopologySchema>>
export type Generator = Topology['generator']
export type Port = Frozen<z.infer<typeof PortSchema>>
export type HostAt = Frozen<z.infer<typeof HostAtSchema>>
export type AddressedHost = Exclude<HostAt, string>
export type Tuning = NonNullable<Topology['tuning']>

function ringSize(direction: string) {
  return z
    .int()
    .meta(about(`a ${direction} ring of 1 to 65536 descriptors`))
    .min(1)
    .max(65_536)
}

function exactlyOne(found: unknown, one: string, other: string): string {
  const both = [one, other].every((key) => Object.hasOwn(found as object, key.split(':')[0]!))
  return `expected exactly one of ${one} and ${other}, found ${both ? 'both' : 'neither'}`
}

/** A mistyped `interface` is not also a missing one: one mistake, one problem. */
function isFaultless({ issues }: z.core.ParsePayload): boolean {
  return issues.length === 0
}

/** Lets a check across parts run although something else is wrong, so that one run reports every problem. */
function isSound(...parts: readonly string[]) {
  return ({ issues }: z.core.ParsePayload): boolean =>
    issues.every(({ code, path }) => {
      if (code === 'custom' || code === 'unrecognized_keys') return true
      return path?.[0] !== undefined && !parts.includes(String(path[0]))
    })
}
