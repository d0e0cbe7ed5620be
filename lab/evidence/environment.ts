/** What the DUT is, as far as it decides results: for the report and for records. */
import type { Host } from '../remote/host.ts'
import {
  bootText,
  channelsText,
  indirectionText,
  kernelOptions,
  mitigationsText,
  ringsText,
} from './environment-text.ts'

/** `missing` names what could not be read, parted by commas; absent when all was. */
export type Environment = Readonly<Record<string, string>>

/** Facts are lines `name=value`; those of several lines have them parted by this. */
const LINE = '\x1f'

const SAY = `say() { printf '%s=%s\\n' "$1" "$(printf '%s' "$2" | tr '\\n' '\\037')"; }`

const MACHINE = `${SAY}
cpus=/sys/devices/system/cpu
say kernel "$(uname -r)"
say machine "$(uname -m)"
say kernel.build "$(uname -v)"
say kernel.config "$(gzip -dc /proc/config.gz 2>/dev/null || cat "/boot/config-$(uname -r)" 2>/dev/null)"
say os "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")"
say cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
say cpus "$(getconf _NPROCESSORS_ONLN)"
say microcode "$(sed -n 's/^microcode[^:]*: //p' /proc/cpuinfo | sort -u)"
say mitigations "$(cd $cpus/vulnerabilities 2>/dev/null && grep . *)"
say smt "$(cat $cpus/smt/control 2>/dev/null)"
say governor "$(cat $cpus/cpu*/cpufreq/scaling_governor 2>/dev/null | sort -u)"
say cmdline "$(cat /proc/cmdline)"
say bpf.jit "$(cat /proc/sys/net/core/bpf_jit_enable 2>/dev/null)"
say bpftrace "$(bpftrace --version 2>/dev/null)"
say perf "$(perf --version 2>/dev/null)"
`

/** Of one port. What lies behind a port that is no device has neither rings nor interrupts. */
const PORT = `${SAY}
port=$1; net=/sys/class/net/$1; device=$net/device
say queues "$(ethtool -l "$port" 2>/dev/null)"
say napi "$(cat $net/threaded 2>/dev/null)"
if [ ! -e $device ]; then say virtual yes; exit 0; fi
slot=$(basename "$(readlink -f $device)")
say nic "$(lspci -s "$slot" 2>/dev/null | cut -d' ' -f2- | grep . || cat $device/vendor $device/device 2>/dev/null | paste -sd:)"
say firmware "$(ethtool -i "$port" 2>/dev/null | sed -n 's/^firmware-version: *//p')"
say rings "$(ethtool -g "$port" 2>/dev/null)"
say rss "$(ethtool -x "$port" 2>/dev/null)"
irqs=$(ls $device/msi_irqs 2>/dev/null || ls $device/../msi_irqs 2>/dev/null)
say irqs "$(for irq in $irqs; do echo "$irq: $(cat /proc/irq/$irq/smp_affinity_list 2>/dev/null)"; done)"
`

const NO_DEVICE = 'none: no device behind the port'
const OF_DEVICES = ['nic', 'firmware', 'rings', 'rss', 'irqs'] as const

const SHORT: Readonly<Record<string, (text: string) => string>> = {
  'kernel.config': kernelOptions,
  cmdline: bootText,
  mitigations: mitigationsText,
  queues: channelsText,
  rings: ringsText,
  rss: indirectionText,
  napi: (text) => ({ '0': 'softirq', '1': 'threaded' })[text] ?? text,
}

/**
 * @param ports interfaces by role; their facts are named `dut.ROLE.rings` and so on.
 * @throws CommandFailed when the machine cannot be asked at all.
 */
export async function readEnvironment(
  host: Host,
  ports: Readonly<Record<string, string>> = {},
): Promise<Environment> {
  const [machine, ...ofPorts] = await Promise.all([
    host.run(['sh', '-c', MACHINE]).then(factsOf),
    ...Object.entries(ports).map(async ([role, name]) =>
      portFacts(role, factsOf(await host.run(['sh', '-c', PORT, 'sh', name]))),
    ),
  ])
  const facts = [machine, ...ofPorts].flatMap((one) => [...one])
  const missing = facts.filter(([, text]) => text === '').map(([name]) => name)
  return Object.fromEntries([
    ...facts.filter(([, text]) => text !== ''),
    ...(missing.length === 0 ? [] : [['missing', missing.join(', ')] as const]),
  ])
}

function factsOf(answer: string): Map<string, string> {
  const lines = answer.split('\n').filter((line) => line.includes('='))
  return new Map(
    lines.map((line) => {
      const name = line.slice(0, line.indexOf('='))
      const text = line
        .slice(line.indexOf('=') + 1)
        .replaceAll(LINE, '\n')
        .trim()
      return [name, SHORT[name]?.(text) ?? text.replaceAll('\n', ', ')]
    }),
  )
}

function portFacts(role: string, facts: ReadonlyMap<string, string>): Map<string, string> {
  const virtual = facts.get('virtual') === 'yes'
  const all = [
    ...[...facts].filter(([name]) => name !== 'virtual'),
    ...(virtual ? OF_DEVICES.map((name) => [name, NO_DEVICE] as const) : []),
  ]
  return new Map(all.map(([name, text]) => [`dut.${role}.${name}`, text]))
}
