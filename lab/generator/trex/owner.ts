/**
 * Under which name the lab holds ports: one that tells which run of which machine it was, so that the ports of a run
 * that died can be told from those of one that lives, and from a stranger's.
 */
import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'

const OURS = /^redirect-lab (\S+)@(\S+) (\d+)\/(\d+)$/

export function ownName(): string {
  return `redirect-lab ${userInfo().username}@${hostname()} ${process.pid}/${startOf(process.pid) ?? 0}`
}

/** true for a run of the lab on this machine that is gone. */
export function isStale(owner: string): boolean {
  const [, , host, pid, start] = OURS.exec(owner) ?? []
  if (host !== hostname()) return false
  return String(startOf(Number(pid))) !== start
}

/** When a process started, in ticks since boot: with its number, it is never the same twice. undefined: it is gone. */
function startOf(pid: number): number | undefined {
  try {
    // The name before it may hold anything but the last parenthesis (proc(5), field 22).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // A zombie holds nothing any more.
    return fields[0] === 'Z' ? undefined : Number(fields[19])
  } catch {
    return undefined
  }
}
