import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { bpftraceScript } from '../../../lab/evidence/bpftrace-script.ts'
import { EVIDENCE_LEVELS } from '../../../lab/evidence/levels.ts'

const COMMON = ['xdp_redirect', 'xdp_redirect_err', 'xdp_exception', 'xdp_devmap_xmit', 'xdp_bulk_tx']
const CPUMAP = ['xdp_cpumap_enqueue', 'xdp_cpumap_kthread']
const MEMORY = ['mem_connect', 'mem_disconnect', 'mem_return_failed']
const MAP = ['xdp_redirect_map', 'xdp_redirect_map_err']
/** Tracepoints of XDP by kernel (facts of include/trace/events/xdp.h). */
const KERNELS = {
  'Linux 6.1': new Set([...COMMON, ...CPUMAP, ...MEMORY, ...MAP]),
  'Linux 6.18': new Set([
    ...COMMON,
    ...CPUMAP,
    'mem_connect',
    'mem_disconnect',
    'bpf_xdp_link_attach_failed',
  ]),
}
const ALWAYS = ['xdp_redirect_err', 'xdp_exception', 'xdp_devmap_xmit', ...CPUMAP]

const attached = (script: string): string[] =>
  [...script.matchAll(/^tracepoint:xdp:(\w+) /gm)].map(([, name]) => name!).sort()
const clauseOf = (script: string, name: string): string =>
  new RegExp(`^tracepoint:xdp:${name} ((?:.|\\n(?!tracepoint))*)`, 'm').exec(script)?.[1] ?? ''

for (const [kernel, probes] of Object.entries(KERNELS)) {
  const errors = [...ALWAYS, ...(probes.has('xdp_redirect_map_err') ? ['xdp_redirect_map_err'] : [])]

  test(`light evidence on ${kernel} follows errors and bulks, and no event that fires for every frame`, () => {
    expect(attached(bpftraceScript(probes, 'light', [7]))).toEqual(errors.sort())
  })

  test(`light evidence on ${kernel} leaves bulks of devmaps to whoever counts them better`, () => {
    const others = errors.filter((name) => name !== 'xdp_devmap_xmit')
    expect(attached(bpftraceScript(probes, 'light', [7], false))).toEqual(others)
  })

  test(`full evidence on ${kernel} follows every XDP tracepoint that it has`, () => {
    expect(attached(bpftraceScript(probes, 'full', [7]))).toEqual([...probes].sort())
  })

  test(`redirect errors on ${kernel} are counted under one name, whichever tracepoint tells of them`, () => {
    const script = bpftraceScript(probes, 'full', [7])
    for (const name of [...MAP, 'xdp_redirect', 'xdp_redirect_err'].filter((one) => probes.has(one)))
      expect(clauseOf(script, name), name).toContain('@redirect[args->prog_id')
  })
}

test('A tracepoint that is not known yet is counted when everything is watched, and has no fields read', () => {
  const probes = new Set([...KERNELS['Linux 6.18'], 'xdp_of_the_future'])
  expect(attached(bpftraceScript(probes, 'light', [7]))).not.toContain('xdp_of_the_future')
  expect(clauseOf(bpftraceScript(probes, 'full', [7]), 'xdp_of_the_future')).toBe(
    '{ @probe[probe] = count(); }',
  )
})

test('A kernel with few tracepoints gets a script of those alone', () => {
  expect(attached(bpftraceScript(new Set(['xdp_exception']), 'full', [7]))).toEqual(['xdp_exception'])
})

test('Without ports, the events of everybody are counted', () => {
  const script = bpftraceScript(KERNELS['Linux 6.18'], 'full')
  expect(clauseOf(script, 'xdp_exception')).toMatch(/^\{ \$ifindex = args->ifindex; @probe/)
  expect(script).not.toMatch(/ifindex ==/)
})

test('Events that name a port are filtered to the ports of the bed', () => {
  const script = bpftraceScript(KERNELS['Linux 6.1'], 'full', [7, 11])
  for (const name of [
    'xdp_redirect',
    'xdp_redirect_err',
    'xdp_redirect_map',
    'xdp_redirect_map_err',
    'xdp_exception',
    'xdp_bulk_tx',
  ])
    expect(clauseOf(script, name), name).toMatch(
      /^\{ \$ifindex = args->ifindex; if \(\$ifindex == 7 \|\| \$ifindex == 11\) \{/,
    )
  expect(clauseOf(script, 'xdp_devmap_xmit')).toMatch(
    /if \(\$from_ifindex == 7 \|\| \$from_ifindex == 11 \|\| \$to_ifindex == 7 \|\| \$to_ifindex == 11\) \{/,
  )
  for (const name of CPUMAP) expect(clauseOf(script, name), name).toMatch(/^\{/)
})

test('The map that ends a snapshot is the last by name, for bpftrace prints maps in that order', () => {
  const maps = [...bpftraceScript(KERNELS['Linux 6.1'], 'full', [7]).matchAll(/@\w+/g)]
    .map(([name]) => name)
    .sort()
  expect(maps.at(-1)).toBe('@zz_end_of_snapshot')
  expect(maps.filter((name) => name === '@zz_end_of_snapshot')).toHaveLength(1)
})

test.describe('on this machine', () => {
  const root = process.getuid?.() === 0
  const there = root && spawnSync('bpftrace', ['--version']).status === 0
  test.skip(!there, 'needs root and bpftrace')

  for (const level of EVIDENCE_LEVELS)
    test(`bpftrace accepts the script for this kernel, ${level}`, () => {
      // In a mount namespace of its own: tracefs need not be there, and stays away when it was.
      const run = (script: string, ...args: string[]) =>
        execFileSync(
          'unshare',
          ['--mount', 'sh', '-c', `mount -t tracefs tracefs /sys/kernel/tracing; ${script}`, 'sh', ...args],
          {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
          },
        )
      const probes = new Set(
        run('ls -d /sys/kernel/tracing/events/xdp/*/ | xargs -n1 basename').split('\n').filter(Boolean),
      )
      expect(probes).toContain('xdp_devmap_xmit')
      const help = spawnSync('bpftrace', ['--help'], { encoding: 'utf8' })
      const dry = `${help.stdout}${help.stderr}`.includes('--dry-run') ? '--dry-run' : '-d'
      expect(() =>
        run('exec bpftrace "$1" -e "$2"', dry, bpftraceScript(probes, level, [7, 11])),
      ).not.toThrow()
      expect(() =>
        run(
          'exec bpftrace "$1" -e "$2"',
          dry,
          'tracepoint:xdp:xdp_exception { @a[args->no_such_field] = count(); }',
        ),
      ).toThrow()
    })
})
