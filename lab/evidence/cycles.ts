/** How fast a CPU of the DUT runs, by its own counter of cycles (perf-stat(1)). */
import type { Host } from '../remote/host.ts'
import { CommandFailed } from '../remote/command-failed.ts'

/** Cycles per nanosecond that the CPU was not idle in; or why nobody can tell. */
export type CycleRate = { readonly perNs: number } | { readonly unknown: string }

/** Counts for so many seconds. */
export async function countCycles(host: Host, cpu: number, time: number): Promise<CycleRate> {
  const counted = ['perf', 'stat', '--log-fd', '1', '-x', ',', '-C', String(cpu), '-e', 'cycles']
  try {
    return cycleRateOf(await host.run([...counted, '--', 'sleep', String(time)]), cpu)
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return { unknown: `perf stat failed on CPU ${cpu}` }
  }
}

/** @param text a line with value, unit, event and the nanoseconds that the counter ran, parted by commas. */
export function cycleRateOf(text: string, cpu: number): CycleRate {
  const line = text.split('\n').find((one) => /^[^,]*,[^,]*,cycles/.test(one))
  if (line === undefined) return { unknown: `perf stat said nothing of cycles on CPU ${cpu}` }
  const [value = '', , , ran = ''] = line.split(',')
  const [cycles, ns] = [Number(value), Number(ran)]
  return cycles > 0 && ns > 0
    ? { perNs: cycles / ns }
    : { unknown: `perf stat says of cycles on CPU ${cpu}: ${value}` }
}
