/** Which tracepoints of XDP this kernel has, and what each says (include/trace/events/xdp.h). */
import type { Host } from '../remote/host.ts'
import { Unsupported } from '../remote/unsupported.ts'

export type Probes = ReadonlySet<string>

/** @throws Unsupported when the kernel has no XDP tracepoints, or tracefs cannot be read. */
export async function findProbes(host: Host): Promise<Probes> {
  const script =
    'for d in /sys/kernel/tracing /sys/kernel/debug/tracing; do [ -d "$d/events/xdp" ] && ls "$d/events/xdp" && exit; done'
  const listed = await host.run(['sh', '-c', script]).catch(() => '')
  const probes = new Set(
    listed.split('\n').filter((name) => name !== '' && name !== 'enable' && name !== 'filter'),
  )
  if (probes.size === 0)
    throw new Unsupported(
      `evidence on ${host.name}`,
      'no xdp tracepoints under /sys/kernel/tracing: mount tracefs there, as root, on a kernel with CONFIG_BPF_SYSCALL and CONFIG_TRACING',
    )
  return probes
}
