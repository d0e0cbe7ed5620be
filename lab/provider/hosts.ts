/** The machines of a topology, reached by SSH. */
import type { Host } from '../remote/host.ts'

export interface Hosts {
  readonly dut: Host
  readonly generator: Host
  /** How a person enters a made host with a shell; absent for hosts reached by address. */
  readonly enter?: Readonly<Record<'dut' | 'generator', string>>
  close(): Promise<void>
}
