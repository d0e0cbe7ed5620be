/** MTUs as a trial needs them, put back in the end. */
import type { Changes } from './changes.ts'
import type { PortFacts } from './port-facts.ts'

/** Ports of one host whose MTU the lab sets. */
export class Mtus {
  readonly #changes: Changes
  readonly #ports: readonly PortFacts[]
  readonly #now: Map<string, number>

  constructor(changes: Changes, ports: readonly PortFacts[]) {
    this.#changes = changes
    this.#ports = ports
    this.#now = new Map(ports.map((port) => [port.interface, port.mtu]))
  }

  /** @param mtu in bytes, without the Ethernet header. @throws CommandFailed when the driver refuses it. */
  async set(mtu: number): Promise<void> {
    for (const { interface: name, mtu: found } of this.#ports) {
      if (this.#now.get(name) === mtu) continue
      await this.#changes.make({
        what: `MTU of ${name}`,
        argv: ['ip', 'link', 'set', 'dev', name, 'mtu', String(mtu)],
        undo: ['ip', 'link', 'set', 'dev', name, 'mtu', String(found)],
        // Whoever undoes the changes since some moment may undo this one with them.
        undone: () => this.#now.set(name, found),
      })
      this.#now.set(name, mtu)
    }
  }
}
