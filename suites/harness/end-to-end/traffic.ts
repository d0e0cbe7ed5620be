/** What a lab is at, seen from outside: whether it is in the middle of a trial, and which of its agents has a port. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { Process } from './belongings.ts'

const execute = promisify(execFile)
const MANY = 20_000

interface Link {
  readonly stats64: { readonly rx: { readonly packets: number } }
}

/** Some port of the lab has taken in more frames than anything but a trial sends. */
export async function framesFlow(processes: readonly Process[]): Promise<boolean> {
  const agents = processes.filter(({ name }) => name.startsWith('agent-'))
  const inside = new Map(agents.map(({ namespace, pid }) => [namespace, pid]))
  for (const pid of inside.values()) {
    const argv = ['--target', String(pid), '--net', 'ip', '-json', '-stats', 'link']
    const { stdout } = await execute('nsenter', argv).catch(() => ({ stdout: '[]' }))
    if ((JSON.parse(stdout) as Link[]).some(({ stats64 }) => stats64.rx.packets > MANY)) return true
  }
  return false
}

/** The agents of a lab differ by the network namespace that they are in. */
export function agentWith(port: string, processes: readonly Process[]): Process | undefined {
  return processes.find(({ name, pid }) => {
    if (!name.startsWith('agent-')) return false
    try {
      const argv = ['--target', String(pid), '--net', 'ip', 'link', 'show', port]
      execFileSync('nsenter', argv, { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
}
