/** The memory that this process and all that it starts hold together, at its most. */
import { readdirSync, readFileSync } from 'node:fs'

const EVERY_MS = 50

export class MemoryOfFamily {
  #most = 0
  readonly #timer = setInterval(() => {
    this.#look()
  }, EVERY_MS)

  /** In bytes. */
  stop(): number {
    clearInterval(this.#timer)
    return this.#most
  }

  #look(): void {
    const processes = new Map<number, { parent: number; bytes: number }>()
    for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
      const found = statusOf(name)
      if (found) processes.set(Number(name), found)
    }
    let bytes = 0
    const family = [process.pid]
    for (let pid = family.pop(); pid !== undefined; pid = family.pop()) {
      bytes += processes.get(pid)?.bytes ?? 0
      for (const [child, { parent }] of processes) if (parent === pid) family.push(child)
    }
    this.#most = Math.max(this.#most, bytes)
  }
}

/** A process may end while it is looked at, and a zombie has no memory. */
function statusOf(pid: string): { parent: number; bytes: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const [, parent] = /^PPid:\s*(\d+)/m.exec(status) ?? []
    const [, kibibytes = '0'] = /^VmRSS:\s*(\d+)/m.exec(status) ?? []
    return { parent: Number(parent), bytes: Number(kibibytes) * 1024 }
  } catch {
    return undefined
  }
}
