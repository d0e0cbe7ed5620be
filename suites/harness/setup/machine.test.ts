import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, expect, put, setUpOn, shell, test } from './sandbox.ts'

const PROGRAMS = [
  ...['clang', 'gcc', 'make', 'bpftool', 'bpftrace', 'perf', 'ethtool', 'sshd', 'ssh', 'ssh-keygen'],
  ...['ip', 'unshare', 'nsenter', 'java'],
]
const ARCHIVES = ['libc.a', 'libbpf.a', 'libxdp.a', 'libelf.a', 'libz.a', 'libjansson.a']

/** A Debian machine that lacks nothing, as a folder of files. */
function debian(folder: string) {
  const root = join(folder, 'machine')
  put(root, 'etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')
  put(root, 'sys/kernel/btf/vmlinux', '\0xdp_do_redirect\0')
  put(root, 'usr/include/linux/if_xdp.h', '')
  put(root, 'usr/release', 'JAVA_VERSION="17.0.15"\n')
  for (const archive of ARCHIVES) put(root, `usr/lib/${archive}`, '')
  for (const program of [...PROGRAMS, 'apt-get', 'sudo']) put(root, `usr/sbin/${program}`, shell('exit 0'))
  return { root, platform: 'linux', nodeVersion: '20.19.4', uid: 1000, env: { PATH: '/usr/bin:/bin' } }
}

/** Takes files away from a machine. */
const without = (root: string, ...paths: string[]) => paths.forEach((path) => rmSync(join(root, path)))

test('a machine that lacks nothing is left alone, and one line says so', async ({ folder }) => {
  const { code, output } = await setUpOn(checkout(folder), debian(folder))
  expect(output).toMatch(/^set up already: nothing was missing \(\d\.\d\d s\)\n$/)
  expect(code).toBe(0)
})

test('a machine that is not Debian is told all that is missing, and the names of the Debian packages', async ({
  folder,
}) => {
  const machine = debian(folder)
  put(machine.root, 'etc/os-release', 'PRETTY_NAME="Fedora Linux 40"\nID=fedora\n')
  without(machine.root, 'usr/sbin/clang', 'usr/lib/libxdp.a', 'usr/sbin/sshd')
  const { code, output } = await setUpOn(checkout(folder), { ...machine, uid: 0 })
  for (const name of ['clang', 'libxdp', 'sshd']) expect(output).toMatch(new RegExp(`^  ${name} `, 'm'))
  expect(output).toContain('this is Fedora Linux 40, not Debian')
  expect(output).toContain('apt-get install --no-install-recommends clang libxdp-dev openssh-server\n')
  expect(output).not.toContain('    at ')
  expect(code).toBe(3)
})

test('a system that is not Linux is told that, and not the list of what no Mac has', async ({ folder }) => {
  const machine = { ...debian(folder), platform: 'darwin' }
  without(machine.root, 'sys/kernel/btf/vmlinux', 'usr/sbin/clang')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toMatch(/^  Linux .*\(found: darwin\)/m)
  expect(output).not.toContain('clang')
  expect(code).toBe(3)
})

test('a user who is not root and has no sudo is told what root must install', async ({ folder }) => {
  const machine = debian(folder)
  without(machine.root, 'usr/sbin/sudo', 'usr/sbin/ethtool', 'usr/sbin/bpftrace')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toContain('this user is not root, and there is no sudo')
  expect(output).toContain('apt-get install --no-install-recommends bpftrace ethtool\n')
  expect(code).toBe(3)
})

test('a sudo that wants a password is not waited for', async ({ folder }) => {
  const machine = debian(folder)
  put(machine.root, 'usr/sbin/sudo', shell('[ "$1" = -n ] && exit 1; read password'))
  without(machine.root, 'usr/sbin/make')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toContain('sudo wants a password')
  expect(code).toBe(3)
})

test('a Node that is too old is named with its version, beside everything else that is missing', async ({
  folder,
}) => {
  const machine = { ...debian(folder), nodeVersion: '18.20.4' }
  without(machine.root, 'usr/sbin/gcc')
  put(machine.root, 'usr/sbin/sudo', shell(`touch ${folder}/installed`))
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toMatch(/Node\.js .*\(found: 18\.20\.4\)\n.*https:/)
  expect(output).toMatch(/^  gcc /m)
  expect(output).not.toContain('installing')
  expect(code).toBe(3)
})

test('a kernel without BTF is named with the option it was built without', async ({ folder }) => {
  const machine = debian(folder)
  without(machine.root, 'sys/kernel/btf/vmlinux', 'usr/sbin/perf')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toContain('CONFIG_DEBUG_INFO_BTF=y')
  expect(output).toMatch(/^  perf /m)
  expect(code).toBe(3)
})

test('a kernel that has no XDP is not a machine for this', async ({ folder }) => {
  const machine = debian(folder)
  put(machine.root, 'sys/kernel/btf/vmlinux', '\0xdp_buff\0')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toMatch(/^  XDP in the kernel /m)
  expect(code).toBe(3)
})

test('root asks the kernel itself: one that cannot make veth ports is told in its own words', async ({
  folder,
}) => {
  const machine = debian(folder)
  put(machine.root, 'usr/sbin/unshare', shell('echo "Error: Unknown device type." >&2; exit 10'))
  const { code, output } = await setUpOn(checkout(folder), { ...machine, uid: 0 })
  expect(output).toContain('CONFIG_VETH')
  expect(output).toContain('(found: Error: Unknown device type.)')
  expect(code).toBe(3)
})

test('a Java older than 11 counts as missing', async ({ folder }) => {
  const machine = debian(folder)
  put(machine.root, 'usr/release', 'JAVA_VERSION="1.8.0_392"\n')
  without(machine.root, 'usr/sbin/sudo')
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toContain('(found: 1.8.0_392)')
  expect(output).toContain('apt-get install --no-install-recommends default-jre-headless\n')
  expect(code).toBe(3)
})

test('missing packages are installed by sudo, once, without recommendations', async ({ folder }) => {
  const machine = debian(folder)
  without(machine.root, 'usr/sbin/ssh', 'usr/sbin/ssh-keygen')
  put(
    machine.root,
    'usr/sbin/sudo',
    shell(`[ "$2" = true ] && exit 0
      printf "%s " "$@" >> ${folder}/asked
      for program in ssh ssh-keygen; do cp ${machine.root}/usr/sbin/ip ${machine.root}/usr/sbin/$program; done`),
  )
  const { code, output } = await setUpOn(checkout(folder), machine)
  expect(output).toMatch(/^installing Debian packages: openssh-client …\nset up in .* s\n$/)
  const asked = readFileSync(join(folder, 'asked'), 'utf8')
  expect(asked).toMatch(/^-n sh -c/)
  expect(asked).toContain('--no-install-recommends')
  expect(asked.match(/install openssh-client $/gm)).toHaveLength(1)
  expect(code).toBe(0)
})

test('an installation that fails shows the last lines and where the rest is', async ({ folder }) => {
  const machine = debian(folder)
  const root = checkout(folder)
  without(machine.root, 'usr/sbin/perf')
  put(
    machine.root,
    'usr/sbin/sudo',
    shell('[ "$2" = true ] && exit 0\nseq 100\necho "E: Unable to locate package linux-perf" >&2; exit 100'),
  )
  const { code, output } = await setUpOn(root, machine)
  const log = join(root, 'results/setup.log')
  expect(output).toMatch(/ended with exit code 100.*\n\n  82\n/)
  expect(output).toContain(`  E: Unable to locate package linux-perf\n\nAll of it: ${log}\n`)
  expect(readFileSync(log, 'utf8')).toContain('\n1\n2\n3\n')
  expect(code).toBe(3)
})

test('a build that fails is told like any other step', async ({ folder }) => {
  const root = checkout(folder)
  put(
    root,
    'lab/agent/Makefile',
    'all: agent\nagent:\n\t@echo "agent.c:7: error: expected expression" && false\n',
  )
  const { code, output } = await setUpOn(root, debian(folder))
  expect(output).toMatch(/^building lab\/agent …\n\nbuilding lab\/agent failed/)
  expect(output).toContain('agent.c:7: error: expected expression')
  expect(code).toBe(3)
})
