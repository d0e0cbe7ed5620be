/** Long facts of a machine as short ones: what tools print, cut down to what decides results. Empty for what says nothing. */
import { createHash } from 'node:crypto'

/** Options of a kernel that cost time in the path of a frame, or decide who runs when. */
const OPTIONS = new RegExp(
  `^CONFIG_(${[
    'PREEMPT(_NONE|_VOLUNTARY|_LAZY|_RT|_DYNAMIC)?|HZ|NO_HZ_(IDLE|FULL)|IRQ_TIME_ACCOUNTING',
    'NUMA(_BALANCING)?|SCHED_AUTOGROUP|RPS|RFS_ACCEL|NET_RX_BUSY_POLL',
    'BPF_JIT_ALWAYS_ON|XDP_SOCKETS|PAGE_POOL_STATS|DEBUG_INFO_BTF|FUNCTION_TRACER',
    'MITIGATION_\\w+|RETPOLINE|INIT_ON_(ALLOC|FREE)_DEFAULT_ON|HARDENED_USERCOPY|IOMMU_DEFAULT_\\w+',
    'KASAN|KCSAN|UBSAN|LOCKDEP|PROVE_LOCKING|DEBUG_(NET|PREEMPT|OBJECTS|PAGEALLOC|ATOMIC_SLEEP)|SLUB_DEBUG_ON|DMA_API_DEBUG',
  ].join('|')})=(.+)$`,
)

/** Those that are set: `HZ=250 NO_HZ_IDLE PREEMPT_DYNAMIC`. */
export function kernelOptions(config: string): string {
  return config
    .split('\n')
    .flatMap((line) => {
      const found = OPTIONS.exec(line)
      if (!found) return []
      const name = line.slice('CONFIG_'.length, line.indexOf('='))
      const value = line.slice(line.indexOf('=') + 1)
      return [value === 'y' ? name : `${name}=${value}`]
    })
    .sort()
    .join(' ')
}

/** Parameters of a kernel's command line that decide who runs where and when, or what a frame's way costs. */
const PARAMETERS = new RegExp(
  `^(${[
    'isolcpus|nohz(_full)?|rcu_nocb\\w*|rcutree\\.\\w+|irqaffinity|threadirqs|nr_cpus|maxcpus|nosmt|skew_tick|preempt\\w*',
    'mitigations|(no)?pti|kpti|spectre_\\w+|nospectre_\\w+|spec_\\w+|retbleed|l1tf|l1d_flush|mds|tsx\\w*|srbds|mmio_stale_data',
    'gather_data_sampling|reg_file_data_sampling|indirect_target_selection|its|bhi|vmscape',
    '(intel_|amd_)?iommu(\\.\\w+)?|swiotlb|pcie?_\\w+|pci|numa(_balancing)?|(default_)?hugepages(z)?|transparent_hugepage',
    '(intel|amd)_pstate|intel_idle\\.\\w+|processor\\.\\w+|idle|cpuidle\\.\\w+|cpufreq\\.\\w+|tsc|clocksource',
    'audit|nmi_watchdog|nowatchdog|nosoftlockup|init_on_(alloc|free)|slub_debug|slab_debug|page_poison|kasan[.\\w]*|randomize_kstack_offset',
  ].join('|')})$`,
)

/**
 * `nohz_full=1-3 mitigations=off, and quiet, root`: what decides results with its value. Of all others the names alone,
 * since a command line may hold secrets.
 */
export function bootText(line: string): string {
  // A value in quotes may hold spaces.
  const words = line.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []
  const nameOf = (word: string) => word.split('=', 1)[0]!
  const telling = words.filter((word) => PARAMETERS.test(nameOf(word)))
  const others = new Set(words.map(nameOf).filter((name) => !PARAMETERS.test(name)))
  const names = [...others].sort().join(', ')
  return [telling.join(' '), names === '' ? '' : `and ${names}`].filter((part) => part !== '').join(', ')
}

/** Lines `meltdown:Mitigation: PTI`: those that do not say `Not affected`. */
export function mitigationsText(lines: string): string {
  if (lines === '') return ''
  const affected = lines.split('\n').filter((line) => !line.endsWith(':Not affected'))
  return affected.length === 0
    ? 'not affected by any'
    : affected.map((line) => line.replace(/^([^:]+):(Mitigation: )?/, '$1: ')).join('; ')
}

/** `ethtool -g`: `rx 1024, tx 1024`, as they are set. */
export const ringsText = (text: string): string => setText(text, ['RX', 'TX'])

/** `ethtool -l`: `combined 8`, as they are set. */
export const channelsText = (text: string): string => setText(text, ['RX', 'TX', 'Combined'])

function setText(text: string, names: readonly string[]): string {
  const set = text.slice(Math.max(0, text.indexOf('Current hardware settings')))
  return names
    .flatMap((name) => {
      const [, value] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(set) ?? []
      return value === undefined || value === '0' ? [] : [`${name.toLowerCase()} ${value}`]
    })
    .join(', ')
}

/**
 * `ethtool -x`: hash function, how many entries of the table lead to each queue, and a hash of table and key, so that
 * two that differ are told apart.
 */
export function indirectionText(text: string): string {
  const rows = [...text.matchAll(/^\s+\d+:((?:\s+\d+)+)\s*$/gm)].flatMap(([, row]) =>
    row!.trim().split(/\s+/),
  )
  const [, key = ''] = /^RSS hash key:\n([0-9a-f:]+)$/m.exec(text) ?? []
  const [, hash = ''] = /^\s+(\S+): on$/m.exec(text) ?? []
  if (rows.length === 0) return hash === '' ? '' : `${hash}, no indirection table`
  const entries = new Map<string, number>()
  for (const queue of rows) entries.set(queue, (entries.get(queue) ?? 0) + 1)
  const queues = [...entries].sort(([a], [b]) => Number(a) - Number(b))
  const print = createHash('sha256').update(`${rows.join()} ${key}`).digest('hex').slice(0, 8)
  const spread = queues.map(([queue, many]) => `${queue}×${many}`).join(' ')
  return [hash, `${rows.length} entries: ${spread}`, `table and key ${print}`]
    .filter((part) => part !== '')
    .join(', ')
}
