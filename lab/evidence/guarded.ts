/**
 * A collector on the DUT that ends with the controller: the agent's guard starts it, passes signals on, and
 * kills it when nobody is there any more.
 */
import { agentPath } from '../remote/agent-binary.ts'
import type { Host, RemoteProcess } from '../remote/host.ts'

const STILL_HERE_MS = 8_000

export interface Guarded extends RemoteProcess {
  signal(name: 'INT' | 'TERM' | 'USR1' | 'USR2' | 'KILL'): void
}

export async function startGuarded(host: Host, argv: readonly string[]): Promise<Guarded> {
  const process = await host.start([await agentPath(host), 'guard', '--', ...argv])
  const beat = setInterval(() => process.write('\n'), STILL_HERE_MS)
  beat.unref()
  void process.ended.then(() => clearInterval(beat))
  return {
    write: (text) => process.write(text),
    end: () => process.end(),
    onLine: (listener) => process.onLine(listener),
    stderr: () => process.stderr(),
    ended: process.ended,
    signal: (name) => process.write(`${name}\n`),
  }
}
