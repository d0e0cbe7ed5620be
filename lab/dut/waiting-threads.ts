/**
 * The kernel threads in which frames go on: a port's NAPI, softirqs that took too long (ksoftirqd), entries of
 * cpumaps (kernel/bpf/cpumap.c, cpu_map_kthread_run).
 */
import type { Host } from '../remote/host.ts'

/** The state of a process follows its name in parentheses (proc_pid_stat(5)). */
const STATES =
  'for task in $(pgrep "^(napi|ksoftirqd|cpumap)/"); do sed "s/.*) //" "/proc/$task/stat" 2>/dev/null; done; true'

/** Whether one of them has work, but perhaps no CPU: without work they sleep. */
export async function framesWait(host: Host): Promise<boolean> {
  const states = (await host.run(['sh', '-c', STATES])).split('\n')
  return states.some((state) => state.startsWith('R'))
}
