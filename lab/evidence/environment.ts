/** What the DUT is, as far as it decides results: for the report and for records. */
import type { Host } from '../remote/host.ts'

export type Environment = Readonly<Record<string, string>>

/** One line `name=value` each; what a machine does not say is left out. */
const SCRIPT = `
say() { [ -n "$2" ] && printf '%s=%s\\n' "$1" "$2"; }
say kernel "$(uname -r)"
say machine "$(uname -m)"
say kernel.build "$(uname -v)"
say os "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")"
say cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
say cpus "$(getconf _NPROCESSORS_ONLN)"
say cmdline "$(cat /proc/cmdline)"
say governor "$(cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null)"
say bpf.jit "$(cat /proc/sys/net/core/bpf_jit_enable 2>/dev/null)"
say bpftrace "$(bpftrace --version 2>/dev/null)"
say perf "$(perf --version 2>/dev/null)"
true
`

/** @throws CommandFailed when the machine cannot be asked at all. */
export async function readEnvironment(host: Host): Promise<Environment> {
  const lines = (await host.run(['sh', '-c', SCRIPT])).split('\n').filter((line) => line.includes('='))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
  )
}
