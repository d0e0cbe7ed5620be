/** The speed of the line that frames of the generator leave by. */
import { wrongAt } from '../topology/invalid-topology.ts'
import { type BitRate, bitRate, gbps } from '../units/frame.ts'
import type { Rate } from '../units/rate.ts'
import type { Lab } from './lab.ts'

type Bed = Pick<Lab, 'loaded' | 'generator'>

/** veth says 10 Gb/s of itself and has no line (drivers/net/veth.c, veth_get_link_ksettings()). */
const WITHOUT_A_LINE = 'veth'

/** As the topology declares it of the generator's port, or as the port says; undefined where there is no such thing. */
export function lineSpeedOf({ loaded, generator }: Bed, port: string): BitRate | undefined {
  const declared = loaded.topology.generator.ports[port]?.speed
  if (declared !== undefined) return bitRate(declared)
  const { driver, speedMbps } = generator.ports[port]!
  return driver === WITHOUT_A_LINE || speedMbps <= 0 ? undefined : gbps(speedMbps / 1000)
}

/** @throws InvalidTopology when a rate is a part of the line, and the port that sends has none. */
export function checkRate(bed: Bed, port: string, { unit }: Rate): void {
  if (unit !== 'line' || lineSpeedOf(bed, port) !== undefined) return
  const { driver } = bed.generator.ports[port]!
  throw wrongAt(
    bed.loaded,
    ['generator', 'ports', port],
    `the rate is a part of the line, and this port (${driver}) has no speed of its own: declare one here, like speed: 10Gbps, or ask for frames or bits per second, like 50kpps or 1Gbps-l1`,
  )
}
