/** What the DUT's CPUs did meanwhile (proc(5), /proc/stat). */
import type { Host } from '../remote/host.ts'

/** Parts of the time, from 0 to 1. */
export interface CpuUse {
  readonly cpu: number
  readonly busy: number
  /** In softirqs: NAPI that is not threaded. */
  readonly softirq: number
}

/** Jiffies since the machine started, by CPU. */
export type CpuTimes = ReadonlyMap<
  number,
  { readonly all: number; readonly idle: number; readonly softirq: number }
>

/** @throws CommandFailed */
export async function readCpuTimes(host: Host): Promise<CpuTimes> {
  return cpuTimesOf(await host.run(['grep', '^cpu[0-9]', '/proc/stat']))
}

export function cpuTimesOf(text: string): CpuTimes {
  const lines = text.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [name = '', ...fields] = line.split(/\s+/)
      // user nice system idle iowait irq softirq steal; guest is part of user.
      const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
        fields.map(Number)
      const all = user + nice + system + idle + iowait + irq + softirq + steal
      return [Number(name.slice('cpu'.length)), { all, idle: idle + iowait, softirq }]
    }),
  )
}

export function cpuUse(before: CpuTimes, after: CpuTimes): CpuUse[] {
  return [...after].flatMap(([cpu, now]) => {
    const then = before.get(cpu)
    const all = now.all - (then?.all ?? 0)
    if (!then || all <= 0) return []
    return { cpu, busy: 1 - (now.idle - then.idle) / all, softirq: (now.softirq - then.softirq) / all }
  })
}
