/** Makes a router of the DUT for test frames (lab/agent/bpf/frame.h: from 198.18.0.1 to 198.19.0.1). */
import type { Lab } from './lab.ts'

const SOURCE = '198.18.0.254/24'
const GATEWAY = '198.19.0.254/24'
const DESTINATION = '198.19.0.1'

/** Every change is on the DUT's list of changes. @throws AgentFailed */
export async function routeTestFrames({ dut, generator, cables }: Lab): Promise<void> {
  const { changes, ports } = dut
  const [ingress, egress] = [ports['ingress']!.interface, ports['egress']!.interface]
  const receiver = generator.ports[cables['egress']!]!.mac
  const setting = (name: string) => `net.ipv4.${name}`
  const address = (what: string, port: string) =>
    changes.make({
      what: `address of ${port}`,
      argv: ['ip', 'address', 'add', what, 'dev', port],
      undo: ['ip', 'address', 'flush', 'dev', port, 'to', what.replace(/\/.*/, '')],
    })
  await address(SOURCE, ingress)
  await address(GATEWAY, egress)
  await changes.make({
    what: `neighbour on ${egress}`,
    argv: ['ip', 'neighbour', 'replace', DESTINATION, 'lladdr', receiver, 'dev', egress, 'nud', 'permanent'],
    undo: ['ip', 'neighbour', 'flush', 'to', DESTINATION, 'dev', egress, 'nud', 'permanent'],
  })
  const forwarding = (await dut.host.run(['sysctl', '-n', setting('ip_forward')])).trim()
  await changes.make({
    what: 'IPv4 forwarding',
    argv: ['sysctl', '-q', '-w', `${setting('ip_forward')}=1`],
    undo: ['sysctl', '-q', '-w', `${setting('ip_forward')}=${forwarding}`],
  })
}
