import { join } from 'node:path'
import { expect } from '@playwright/test'
import { InvalidTopology, wrongAt } from '../../../lab/topology/invalid-topology.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { ADDRESSED, MADE, replaced, test } from './topology-file.ts'

interface Mistake {
  readonly finding: string
  readonly from: string
  readonly to: string
  readonly complaints: readonly string[]
}

const PORT_KEYS = 'interface, pci, driver, speed, queues'
const NO_SECRETS =
  'a topology holds no secrets: remove it (and change it, if it was shared), then name a private key file (key: ~/.ssh/id_ed25519) or use the SSH agent (agent: true)'

const MISTAKES_IN_A_MADE_BED: readonly Mistake[] = [
  {
    finding: 'An unknown key is pointed to, with the key that was meant',
    from: 'driver: veth',
    to: 'drvier: veth',
    complaints: [
      `5:31: dut.ports.ingress.drvier: expected one of ${PORT_KEYS}, found "drvier"; did you mean "driver"?`,
    ],
  },
  {
    finding: 'A key that resembles none is refused without a suggestion',
    from: 'tuning:',
    to: 'observers: 1\ntuning:',
    complaints: [
      '16:1: observers: expected one of name, description, dut, generator, links, tuning, nightly, found "observers"',
    ],
  },
  {
    finding: 'A mistyped key that is required is one problem and not also a missing one',
    from: 'interface: d1',
    to: 'interfce: d1',
    complaints: [
      `6:15: dut.ports.egress.interfce: expected one of ${PORT_KEYS}, found "interfce"; did you mean "interface"?`,
    ],
  },
  {
    finding: 'A value of the wrong type is pointed to, with what was expected',
    from: 'queues: 2',
    to: 'queues: many',
    complaints: ['5:53: dut.ports.ingress.queues: expected a number of queues of 1 to 4096, found "many"'],
  },
  {
    finding: 'A number out of range is refused',
    from: 'fifo: 50',
    to: 'fifo: 100',
    complaints: [
      '18:33: tuning.napi.fifo: expected a SCHED_FIFO priority of 1 to 99 for the NAPI threads, found 100',
    ],
  },
  {
    finding: 'A key without a value is pointed to itself, since it has no value',
    from: 'mtu: 1500',
    to: 'mtu:',
    complaints: ['17:3: tuning.mtu: expected an MTU of 68 to 65535 bytes, found nothing'],
  },
  {
    finding: 'A missing part is pointed to at what should hold it',
    from: '  host: namespace\n  ports:\n    ingress',
    to: '  ports:\n    ingress',
    complaints: [
      '2:1: dut.host: expected the word namespace (a host made on this machine) or a map with the address of a machine, found nothing',
    ],
  },
  {
    finding: 'A mistyped word for a host gets the word that was meant',
    from: 'host: namespace',
    to: 'host: namspace',
    complaints: [
      '3:9: dut.host: expected the word namespace (a host made on this machine) or a map with the address of a machine, found "namspace"; did you mean "namespace"?',
    ],
  },
  {
    finding: 'A mistyped kind of generator gets the kind that was meant',
    from: 'kind: soft',
    to: 'kind: sotf',
    complaints: ['8:9: generator.kind: expected "soft" or "trex", found "sotf"; did you mean "soft"?'],
  },
  {
    finding: 'A generator without a kind is told which there are',
    from: '  kind: soft\n',
    to: '',
    complaints: ['7:1: generator.kind: expected "soft" or "trex", found nothing'],
  },
  {
    finding: 'An interface name of 16 characters is refused',
    from: 'interface: d0',
    to: 'interface: abcdefghijklmnop',
    complaints: [
      '5:27: dut.ports.ingress.interface: expected an interface name of 1 to 15 letters, digits, dots, dashes and underscores, like enp59s0f0np0, found "abcdefghijklmnop"',
    ],
  },
  {
    finding: 'An interface name that a shell would split is refused',
    from: 'interface: d0',
    to: "interface: 'd0;ls'",
    complaints: [
      '5:27: dut.ports.ingress.interface: expected an interface name of 1 to 15 letters, digits, dots, dashes and underscores, like enp59s0f0np0, found "d0;ls"',
    ],
  },
  {
    finding: 'A speed without its unit is refused',
    from: '10Gbps',
    to: '10',
    complaints: [
      '6:37: dut.ports.egress.speed: expected a line speed above zero with its unit, like 100Gbps, 2.5Gbps or 100Mbps, found 10',
    ],
  },
  {
    finding: 'A port name with a dot is refused at the name, since links use the dot',
    from: '    a: {',
    to: '    a.b: {',
    complaints: [
      '11:5: generator.ports["a.b"]: expected a port name of at most 20 lower-case letters, digits and dashes, beginning with a letter, found "a.b"',
    ],
  },
  {
    finding: 'A topology name that is not kebab-case is refused',
    from: 'name: bed',
    to: 'name: My_Bed',
    complaints: [
      '1:7: name: expected a name in kebab-case of at most 60 characters, like two-port, found "My_Bed"',
    ],
  },
  {
    finding: 'Control characters in a description are refused, and are not printed',
    from: 'name: bed',
    to: 'name: bed\ndescription: "\\e[2J"',
    complaints: [
      String.raw`2:14: description: expected a sentence on what this test bed is, without control characters, found "\u001b[2J"`,
    ],
  },
  {
    finding: 'A PCI address for a port of a namespace is refused',
    from: '{ interface: t1 }',
    to: "{ pci: '0000:3b:00.0' }",
    complaints: [
      '12:15: generator.ports.b.pci: expected an interface name, found pci: the ports of a namespace are made',
    ],
  },
  {
    finding: 'A port by interface and by PCI address at once is refused',
    from: 'interface: d1',
    to: "interface: d1, pci: '0000:3b:00.0'",
    complaints: [
      '6:5: dut.ports.egress: expected exactly one of interface and pci, found both',
      '6:35: dut.ports.egress.pci: expected an interface name, found pci: the ports of a namespace are made',
    ],
  },
  {
    finding: 'A port by neither interface nor PCI address is refused',
    from: 'interface: d1, ',
    to: '',
    complaints: ['6:5: dut.ports.egress: expected exactly one of interface and pci, found neither'],
  },
  {
    finding: 'Two ports of one host with the same interface are refused',
    from: 'interface: d1',
    to: 'interface: d0',
    complaints: [
      '6:26: dut.ports.egress.interface: expected each interface of a host once, found "d0" at ports.ingress already',
    ],
  },
  {
    finding: 'A DUT without ingress is refused, with the port that looks like it',
    from: 'ingress: { interface',
    to: 'ingres: { interface',
    complaints: [
      '4:3: dut.ports: expected a port named "ingress", found only "ingres", "egress"; is "ingres" meant to be "ingress"?',
      '14:19: links[0][1]: expected a declared port (dut.ingres, dut.egress, generator.a, generator.b), found "dut.ingress"; did you mean "dut.ingres"?',
      '18:45: tuning.napi.cpus.ingress: expected a port of the DUT (ingres, egress), found "ingress"; did you mean "ingres"?',
    ],
  },
  {
    finding: 'A link to an undeclared port gets the port that was meant',
    from: 'dut.egress]',
    to: 'dut.egres]',
    complaints: [
      '15:19: links[1][1]: expected a declared port (dut.ingress, dut.egress, generator.a, generator.b), found "dut.egres"; did you mean "dut.egress"?',
    ],
  },
  {
    finding: 'A link to what every object inherits is a link to an undeclared port',
    from: 'dut.egress]',
    to: 'dut.constructor]',
    complaints: [
      '15:19: links[1][1]: expected a declared port (dut.ingress, dut.egress, generator.a, generator.b), found "dut.constructor"',
    ],
  },
  {
    finding: 'A link with both ends on one host is refused',
    from: '[generator.b, dut.egress]',
    to: '[dut.third, dut.egress]',
    complaints: [
      '15:5: links[1]: expected one end on the generator and the other on the dut, found both on "dut"',
      '15:6: links[1][0]: expected a declared port (dut.ingress, dut.egress, generator.a, generator.b), found "dut.third"',
    ],
  },
  {
    finding: 'A second link to a port is refused',
    from: '[generator.b, dut.egress]',
    to: '[generator.b, dut.egress]\n  - [dut.ingress, generator.b]',
    complaints: [
      '16:6: links[2][0]: expected each port in at most one link, found "dut.ingress" in links[0] already',
      '16:19: links[2][1]: expected each port in at most one link, found "generator.b" in links[1] already',
    ],
  },
  {
    finding: 'A link of three ends is refused',
    from: '[generator.b, dut.egress]',
    to: '[generator.b, dut.egress, dut.third]',
    complaints: [
      '15:5: links[1]: expected a pair of ports like [generator.a, dut.ingress], found a list of 3',
    ],
  },
  {
    finding: 'Ports of namespaces without a link are refused, for a link is what makes them',
    from: '  - [generator.b, dut.egress]\n',
    to: '',
    complaints: [
      '6:5: dut.ports.egress: expected a link to this port, found none: add [generator.…, dut.egress] to links',
      '12:5: generator.ports.b: expected a link, found none: a port of a namespace is made with its link; add [generator.b, dut.…] to links',
    ],
  },
  {
    finding: 'One host made and the other by address is refused',
    from: '  kind: soft\n  host: namespace',
    to: '  kind: soft\n  host: { address: 192.0.2.2, agent: true }',
    complaints: [
      '9:3: generator.host: expected both hosts made or both by address, found that the DUT is made (namespace), the generator by address',
    ],
  },
  {
    finding: 'Priority and CPUs of NAPI threads are refused without NAPI threads',
    from: 'threaded: true, ',
    to: '',
    complaints: [
      '18:17: tuning.napi.fifo: expected threaded: true beside it, since only NAPI threads have one; found no threaded',
      '18:21: tuning.napi.cpus: expected threaded: true beside it, since only NAPI threads have one; found no threaded',
    ],
  },
  {
    finding: 'A CPU for an undeclared port gets the port that was meant',
    from: 'cpus: { ingress',
    to: 'cpus: { egres',
    complaints: [
      '18:45: tuning.napi.cpus.egres: expected a port of the DUT (ingress, egress), found "egres"; did you mean "egress"?',
    ],
  },
  {
    finding: 'An empty list of CPUs is refused',
    from: '[2, 3]',
    to: '[]',
    complaints: [
      '19:3: tuning.generatorCpus: expected a list of at least one CPU that the generator may use, found a list of 0',
    ],
  },
  {
    finding: 'A key that is there twice is refused at the second',
    from: 'mtu: 1500',
    to: 'mtu: 1500\n  mtu: 9000',
    complaints: ['18:3: expected each key of a map once, found mtu again'],
  },
  {
    finding: 'A tab for indentation is an error of YAML at its place',
    from: '  mtu',
    to: '\tmtu',
    complaints: ['17:1: expected YAML: Tabs are not allowed as indentation'],
  },
  {
    finding: 'An alias without its anchor is pointed to',
    from: 'host: namespace',
    to: 'host: *machine',
    complaints: ['3:9: expected an anchor &machine before this alias, found none'],
  },
  {
    finding: 'A tag of YAML that makes something else of a value is refused',
    from: 'name: bed',
    to: 'name: !python bed',
    complaints: ['1:7: expected YAML: Unresolved tag: !python'],
  },
  {
    finding: 'A second document in the file is refused',
    from: 'links:',
    to: '---\nlinks:',
    complaints: ['13:1: expected one YAML document, found another'],
  },
]

const MISTAKES_IN_A_BED_BY_ADDRESS: readonly Mistake[] = [
  ...['password', 'passphrase', 'rootPassword', 'token', 'private_key'].map((key) => ({
    finding: `A ${key} is refused with what to use instead, and is not printed`,
    from: 'key: keys/dut',
    to: `key: keys/dut, ${key}: hunter2`,
    complaints: [`3:46: dut.host.${key}: ${NO_SECRETS}`],
  })),
  {
    finding: 'A key itself in place of its path is refused, and is not printed',
    from: 'key: keys/dut',
    to: 'key: "-----BEGIN OPENSSH PRIVATE KEY-----\\nhunter2"',
    complaints: [
      '3:36: dut.host.key: a topology holds no secrets: expected the path of a private key file, found a key',
    ],
  },
  {
    finding: 'A user with password before the address is refused, and is not printed',
    from: '192.0.2.1',
    to: 'root:hunter2@192.0.2.1',
    complaints: [
      '3:20: dut.host.address: expected a host name or IP address, without user and port, found text with an "@"',
    ],
  },
  {
    finding: 'A key file and the SSH agent at once are refused',
    from: 'key: keys/dut',
    to: 'key: keys/dut, agent: true',
    complaints: ['3:3: dut.host: expected exactly one of key and agent: true, found both'],
  },
  {
    finding: 'Neither a key file nor the SSH agent is refused',
    from: '    agent: true\n',
    to: '    agent: false\n',
    complaints: ['9:3: generator.host: expected exactly one of key and agent: true, found neither'],
  },
  {
    finding: 'A mistyped key of a host gets the key that was meant',
    from: 'address: generator',
    to: 'adress: generator',
    complaints: [
      '9:3: generator.host.address: expected a host name or IP address, without user and port, found nothing',
      '10:5: generator.host.adress: expected one of address, port, user, key, agent, knownHosts, found "adress"; did you mean "address"?',
    ],
  },
  {
    finding: 'A PCI address without its domain is refused',
    from: '0000:3b:00.0',
    to: '3b:00.0',
    complaints: [
      '5:21: dut.ports.ingress.pci: expected a PCI address with domain, in lower case, like 0000:3b:00.0, found "3b:00.0"',
    ],
  },
  {
    finding: 'A generator of another kind does not take what only TRex has',
    from: 'kind: trex',
    to: 'kind: soft',
    complaints: ['8:3: generator.path: expected one of kind, host, ports, found "path"'],
  },
  {
    finding: 'A profile that TRex has no reader for is refused',
    from: 'path: /opt/trex',
    to: 'path: /opt/trex\n  profile: imix.pcap',
    complaints: [
      '9:12: generator.profile: expected the path of a stateless profile (.py or .yaml): absolute, from ~, or relative to this file, found "imix.pcap"',
    ],
  },
  {
    finding: 'An ingress without a link is refused',
    from: 'links:\n  - [generator.a, dut.ingress]',
    to: 'links: []',
    complaints: [
      '5:5: dut.ports.ingress: expected a link to this port, found none: add [generator.…, dut.ingress] to links',
    ],
  },
]

for (const { finding, from, to, complaints: expected } of MISTAKES_IN_A_MADE_BED)
  test(finding, async ({ complaints }) => {
    expect(await complaints(replaced(MADE, from, to))).toEqual(expected)
  })

for (const { finding, from, to, complaints: expected } of MISTAKES_IN_A_BED_BY_ADDRESS)
  test(finding, async ({ complaints }) => {
    const found = await complaints(replaced(ADDRESSED, from, to))
    expect(found).toEqual(expected)
    expect(found.join()).not.toContain('hunter2')
  })

test('All problems of a file are listed at once, in the order of the file', async ({ complaints }) => {
  const text = replaced(
    replaced(replaced(MADE, 'mtu: 1500', 'mtu: 1'), 'dut.egress]', 'dut.egres]'),
    'kind',
    'kid',
  )
  const places = (await complaints(text)).map((line) => line.split(': ').slice(0, 2).join(' '))
  expect(places).toEqual(['7:1 generator.kind', '17:8 tuning.mtu'])
  const linksToo = replaced(replaced(MADE, 'mtu: 1500', 'mtu: 1'), 'dut.egress]', 'dut.egres]')
  expect((await complaints(linksToo)).map((line) => line.split(': ')[0])).toEqual(['15:19', '17:8'])
})

test('A mistyped key does not hide a mistyped link', async ({ complaints }) => {
  const text = replaced(replaced(MADE, 'driver: veth', 'drvier: veth'), 'dut.egress]', 'dut.egres]')
  expect((await complaints(text)).map((line) => line.split(': ')[0])).toEqual(['5:31', '15:19'])
})

for (const [what, text] of [
  ['An empty file', ''],
  ['A file of comments', '# nothing\n'],
  ['A file with an empty document', '---\n'],
] as const)
  test(`${what} is refused as empty`, async ({ complaints }) => {
    expect(await complaints(text)).toEqual(['1:1: expected a topology, found an empty file'])
  })

test('A file that is a list, a word or a number is refused as a whole', async ({ complaints }) => {
  const expected = 'expected a topology: name, dut, generator, links, found'
  expect(await complaints('- a\n')).toEqual([`1:1: ${expected} a list of 1`])
  expect(await complaints('local\n')).toEqual([`1:1: ${expected} "local"`])
  expect(await complaints('# a number\n4\n')).toEqual([`2:1: ${expected} 4`])
})

test('Aliases that would grow without bound are refused', async ({ complaints }) => {
  const grown = [
    'a: &a0 [x, x]',
    ...Array.from({ length: 9 }, (_, n) => `b${n}: &a${n + 1} [${`*a${n},`.repeat(9)}]`),
  ]
  const [complaint] = await complaints(grown.join('\n'))
  expect(complaint).toMatch(/^1:1: expected YAML: .*alias/)
})

test('A missing file is refused with the file beside it that was meant', async ({ write }) => {
  const missing = (await write(MADE)).replace('bed.yaml', 'bedd.yaml')
  const error = await loadTopology(missing).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(InvalidTopology)
  expect((error as Error).message).toMatch(/bedd\.yaml:1:1: expected a topology file, found none .*ENOENT/)
  expect((error as Error).message).toMatch(/; did you mean ".*\/bed\.yaml"\?$/)
})

test('A folder in place of a file, and a file in no folder, are refused and not crashed on', async ({
  folder,
}) => {
  await expect(loadTopology(folder)).rejects.toThrow(InvalidTopology)
  await expect(loadTopology(join(folder, 'none', 'bed.yaml'))).rejects.toThrow(InvalidTopology)
})

test('The problems of the error say file, line, column, path and message apart', async ({ write }) => {
  const file = await write(replaced(MADE, 'mtu: 1500', 'mtu: 1'))
  await expect(loadTopology(file)).rejects.toMatchObject({
    name: 'InvalidTopology',
    problems: [
      {
        file,
        line: 17,
        column: 8,
        path: 'tuning.mtu',
        message: 'expected an MTU of 68 to 65535 bytes, found 1',
      },
    ],
  })
})

test('What only a later layer can know is pointed to in the file in the same way', async ({ load }) => {
  const loaded = await load(MADE)
  const path = ['dut', 'ports', 'ingress', 'interface']
  const error = wrongAt(loaded, path, 'expected an interface of the DUT, found none named d0')
  expect(error.message).toBe(
    `${loaded.file}:5:27: dut.ports.ingress.interface: expected an interface of the DUT, found none named d0`,
  )
})
