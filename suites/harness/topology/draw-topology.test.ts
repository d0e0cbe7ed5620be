import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { drawTopology } from '../../../lab/topology/draw-topology.ts'
import { drawTopologySvg } from '../../../lab/topology/draw-topology-svg.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import type { Port, Topology } from '../../../lab/topology/schema.ts'
import { MADE, replaced, test } from './topology-file.ts'

const FOLDER = join(import.meta.dirname, '../../../topologies')
const LONGEST_NAME = 'abcdefghij-klmnopqrs'

test('The drawing of a bed is two boxes with straight cables between them', async ({ load }) => {
  expect(drawTopology((await load(MADE)).topology)).toBe(
    `
bed

┌─ generator (soft) ──────────┐                ┌─ dut ───────────────────────┐
│ namespace on this machine   │                │ namespace on this machine   │
│                             │                │                             │
│                           a ├────────────────┤ ingress                     │
│                          t0 │                │ d0 · veth · 2 queues        │
│                             │                │                             │
│                           b ├────────────────┤ egress                      │
│                          t1 │                │ d1 · 10Gbps                 │
└─────────────────────────────┘                └─────────────────────────────┘

MTU             1500 bytes
NAPI            threaded, SCHED_FIFO priority 50
NAPI CPUs       ingress on 1
generator CPUs  2, 3`.slice(1),
  )
})

test('A drawing names every port with what is known of it, and every link', async ({ load }) => {
  for (const topology of await beds(load)) {
    const drawing = drawTopology(topology)
    // Within the boxes, text may go on in the next line: what a reader sees is each box by itself.
    const boxes = [column(drawing, 1, 30), column(drawing, 48, 77)]
    const sides = [topology.generator, topology.dut]
    for (const [index, { ports }] of sides.entries())
      for (const [name, port] of Object.entries(ports))
        for (const text of [name, ...known(port)])
          expect(boxes[index], `${topology.name}: ${name}`).toContain(text.replaceAll(' ', ''))
    for (const link of topology.links) {
      const [from, to] = ['generator.', 'dut.'].map((side) =>
        link.find((end) => end.startsWith(side))!.slice(side.length),
      )
      expect(drawing).toMatch(new RegExp(`│ +${from!} ├─+┤ ${to!} +│`))
    }
    expect(drawing.match(/├─+┤/g)).toHaveLength(topology.links.length)
  }
})

test('No line of a drawing is wider than 78 columns, and the boxes keep their edges', async ({ load }) => {
  for (const topology of await beds(load)) {
    const lines = drawTopology(topology).split('\n')
    for (const line of lines) expect(Array.from(line).length, line).toBeLessThanOrEqual(78)
    for (const line of lines.filter((one) => /^[┌│└]/.test(one)))
      expect(line).toMatch(/^[┌│└].{29}[┐│┘├].{16}[┌│└┤].{29}[┐│┘]$/)
  }
})

test('A picture names every port and link end, and no text leaves the picture or its box', async ({
  load,
}) => {
  for (const topology of await beds(load)) {
    const svg = drawTopologySvg(topology)
    const texts = [...svg.matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)</g)].map(
      ([, x, attributes, content]) => ({
        x: Number(x),
        size: Number(/font-size="([\d.]+)"/.exec(attributes!)?.[1] ?? 12.5),
        atEnd: attributes!.includes('text-anchor="end"'),
        content: content!.replace(/&\w+;/g, '.'),
      }),
    )
    for (const name of [...Object.keys(topology.generator.ports), ...Object.keys(topology.dut.ports)])
      expect(texts.map(({ content }) => content)).toContain(name)
    expect(svg.match(/<line /g)).toHaveLength(topology.links.length)
    for (const { x, size, atEnd, content } of texts) {
      const width = content.length * size * 0.62
      const [left, right] = atEnd ? [x - width, x] : [x, x + width]
      expect(left, content).toBeGreaterThanOrEqual(atEnd ? 24 : 0)
      expect(right, content).toBeLessThanOrEqual(760)
    }
  }
})

test('A picture escapes what would be markup', async ({ load }) => {
  const { topology } = await load(
    replaced(MADE, 'name: bed', 'name: bed\ndescription: a <b> & "c" ]]> </svg>'),
  )
  const svg = drawTopologySvg(topology)
  expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot; ]]&gt; &lt;/svg&gt;')
  expect(svg.match(/<\/svg>/g)).toHaveLength(1)
})

test('A picture needs nothing from elsewhere', async ({ load }) => {
  const svg = drawTopologySvg((await load(MADE)).topology)
  expect(svg).not.toMatch(/href|url\(|@import|<script|<image/)
})

test('A bed without egress says that frames leave by ingress', async ({ load }) => {
  const [, , hairpin] = await beds(load)
  expect(drawTopology(hairpin!)).toContain('egress          none: frames are redirected back out of ingress')
  expect(drawTopologySvg(hairpin!)).toContain('none: frames are redirected back out of ingress')
})

test('Nothing of how to log in is drawn but user and address', async () => {
  const { topology } = await loadTopology(join(FOLDER, 'two-port.yaml'))
  for (const drawing of [drawTopology(topology), drawTopologySvg(topology)]) {
    expect(drawing).toContain('root@192.0.2.10')
    expect(drawing).not.toContain('.ssh')
  }
})

/** The beds of the project and one in which everything is as long as it may be. */
async function beds(load: (text: string) => Promise<{ topology: Topology }>): Promise<Topology[]> {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort()
  const own = await Promise.all(files.map((file) => loadTopology(join(FOLDER, file))))
  const [local, twoPort, ...others] = own.map(({ topology }) => topology)
  return [local!, twoPort!, (await load(LONG)).topology, ...others]
}

function known({ interface: device, pci, driver, speed, queues }: Port): string[] {
  return [device, pci, driver, speed, queues === undefined ? undefined : `${queues} queue`].filter(
    (one) => one !== undefined,
  )
}

function column(drawing: string, from: number, to: number): string {
  const lines = drawing.split('\n').filter((line) => /^[┌│└]/.test(line))
  return lines
    .map((line) => Array.from(line).slice(from, to).join(''))
    .join('')
    .replaceAll(' ', '')
}

const LONG = `name: ${'a-bed-with-a-name-as-long-as-can-be'.padEnd(59, '-x')}
description: ${'a <description> of many words & marks '.repeat(6)} ${'x'.repeat(200)}
dut:
  host: { address: ${'long-host-name.'.repeat(12)}example, port: 2222, user: somebody-with-a-long-name, agent: true }
  ports:
    ingress: { pci: '0000:3b:00.0', driver: ${'d'.repeat(55)}, speed: 100Gbps, queues: 4096 }
    ${LONGEST_NAME}: { interface: abcdefghijklmno, speed: 2.5Gbps, queues: 1 }
    spare: { interface: eth7 }
generator:
  kind: trex
  host: { address: '2001:db8::1', key: key }
  ports:
    ${LONGEST_NAME}: { pci: '0000:3b:00.1', driver: vfio-pci, speed: 100Gbps }
    b: { interface: enp1s0f1 }
    unused: { interface: enp1s0f2 }
links:
  - [generator.${LONGEST_NAME}, dut.ingress]
  - [dut.${LONGEST_NAME}, generator.b]
tuning:
  generatorCpus: [${Array.from({ length: 80 }, (_, cpu) => cpu).join(', ')}]
`
