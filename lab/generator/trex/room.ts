/** Whether frames fit through the generator's own ports: where they do not, TRex counts them as sent, and nothing says more. */
import type { Agent } from '../../remote/agent.ts'
import type { PortFacts } from '../../remote/port-facts.ts'
import { type FrameSize, mtuFor } from '../../units/frame.ts'
import { GeneratorError } from '../generator-error.ts'

/**
 * @param ports of the kernel, by name; of those that TRex alone has, the MTU is given when it starts.
 * @throws GeneratorError with the name of one that is too narrow.
 */
export async function checkRoom(
  agent: Agent,
  ports: Readonly<Record<string, PortFacts>>,
  names: readonly string[],
  size: FrameSize,
): Promise<void> {
  const ofKernel = Object.entries(ports).filter(([name]) => names.includes(name))
  if (ofKernel.length === 0) return
  const files = ofKernel.map(([, { interface: name }]) => `/sys/class/net/${name}/mtu`)
  const mtus = (await agent.host.run(['cat', ...files])).trim().split('\n').map(Number)
  const narrow = mtus.findIndex((mtu) => mtu < mtuFor(size))
  if (narrow < 0) return
  const [name, { interface: device }] = ofKernel[narrow]!
  throw new GeneratorError(
    `its port ${name} (${device}) has an MTU of ${mtus[narrow]}, and frames of ${size} bytes need ${mtuFor(size)}`,
    'Somebody has set it meanwhile, or the driver takes no more: see `ip link` there.',
  )
}
