/** What watching cost the machine, and how that is known. */
import { z } from 'zod'
import type { Agent } from '../remote/agent.ts'
import type { Host } from '../remote/host.ts'

/**
 * Of 200,000 hits, an equal part of each probe, on a virtual machine with two CPUs (Linux 6.18), by the kernel's
 * own run-time statistics. It stands in where they are off, and is then said to be an estimate.
 */
const NS_PER_HIT = 260

const Runs = z.object({
  programs: z.array(z.object({ id: z.number(), runs: z.string(), runNs: z.string() })),
})

export interface Cost {
  /** CPU time of bpftrace, its start with it; null where it cannot be read. */
  readonly bpftraceSeconds: number | null
  readonly agentSeconds: number | null
  /** Of the whole machine, also of frames that are not this setup's. */
  readonly hits: number
  readonly nsPerHit: number
  /** Whether the kernel measured it (kernel.bpf_stats_enabled), or it is an estimate. */
  readonly measured: boolean
  readonly probeSeconds: number
}

/** @param pids of bpftrace and of the agent. Changes no setting of the machine. */
export async function costOf(
  host: Host,
  agent: Agent,
  pids: { bpftrace: number | undefined; agent: number },
  hits: number,
): Promise<Cost> {
  const [bpftraceSeconds, agentSeconds, measured] = await Promise.all([
    cpuSeconds(host, pids.bpftrace),
    cpuSeconds(host, pids.agent),
    measuredNs(host, agent, pids.bpftrace).catch(() => undefined),
  ])
  const nsPerHit = measured ?? NS_PER_HIT
  return {
    bpftraceSeconds,
    agentSeconds,
    hits,
    nsPerHit,
    measured: measured !== undefined,
    probeSeconds: (hits * nsPerHit) / 1e9,
  }
}

/** utime and stime (proc(5), /proc/pid/stat) */
async function cpuSeconds(host: Host, pid: number | undefined): Promise<number | null> {
  if (pid === undefined) return null
  const script = 'getconf CLK_TCK && cat "/proc/$1/stat"'
  const text = await host.run(['sh', '-c', script, 'sh', String(pid)]).catch(() => '')
  const [ticks = '', stat = ''] = text.split('\n')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const seconds = (Number(fields[11]) + Number(fields[12])) / Number(ticks)
  return Number.isFinite(seconds) ? seconds : null
}

/** Average over bpftrace's programs; undefined while the kernel does not count their time. */
async function measuredNs(host: Host, agent: Agent, pid: number | undefined): Promise<number | undefined> {
  const enabled = await host.run(['cat', '/proc/sys/kernel/bpf_stats_enabled'])
  if (enabled.trim() !== '1' || pid === undefined) return undefined
  const script = 'cat /proc/"$1"/fdinfo/* 2>/dev/null | sed -n "s/^prog_id:[[:space:]]*//p"'
  const ids = (await host.run(['sh', '-c', script, 'sh', String(pid)])).split('\n').filter((id) => id !== '')
  const { programs } = await agent.request('runs', { programs: ids.map(Number) }, Runs)
  const runs = programs.reduce((sum, one) => sum + Number(one.runs), 0)
  const ns = programs.reduce((sum, one) => sum + Number(one.runNs), 0)
  return runs === 0 ? undefined : ns / runs
}
