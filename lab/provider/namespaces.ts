/**
 * The virtual lab: DUT and generator as network namespaces of this machine, wired by veth pairs, each
 * reached by a real sshd that talks over a pipe. All that is special to namespaces is in this file.
 *
 * A namespace is held by a process and not by a name. Its holder waits for the end of its input, which comes
 * with the end of this process, however it ends; then it ends whatever still runs in the namespace, and the
 * kernel removes namespace and ports. (A process namespace would do the same, but would hide the kernel's
 * NAPI threads, which a topology may pin.)
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { connectStream } from '../remote/connect.ts'
import type { Host } from '../remote/host.ts'
import { Unsupported } from '../remote/unsupported.ts'
import type { Port, Topology } from '../topology/schema.ts'
import type { Hosts } from './hosts.ts'
import { makeKeyPair } from './ssh-keys.ts'

const execute = promisify(execFile)
const READY_MS = 5_000
const SSHD = '/usr/sbin/sshd'
/** Jumbo frames fit through every cable; the lab sets what a trial needs at the DUT. */
const CABLE_MTU = 9216

/** The last part gives what ends by itself the time to undo what it did. */
const HOLDER = `
set -e
trap '' INT TERM HUP
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -m 0700 /run/sshd /run/lab
mount -t sysfs sysfs /sys
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null || true
mount -t bpf bpf /sys/fs/bpf
# A shell that reads no .bashrc at each command: a version manager in there costs 300 ms, or waits for its lock.
sed 's,^\\(root:.*:\\)[^:]*$,\\1/bin/sh,' /etc/passwd >/run/lab/passwd
mount --bind /run/lab/passwd /etc/passwd
# Neighbour discovery and its kin would be counted among the test's frames.
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
ip link set lo up
echo ready
cat >/dev/null
set +e
for wait in 1 2 3 4 5 6; do
  set --
  for task in /proc/[0-9]*; do
    if [ "$task/ns/net" -ef "/proc/$$/ns/net" ] && [ "$task" != "/proc/$$" ]; then set -- "$@" "\${task#/proc/}"; fi
  done
  [ $# = 0 ] && exit
  sleep 0.1
done
kill -9 "$@"
`

interface Namespace {
  readonly name: string
  readonly holder: ChildProcess
  /** Process id of the holder, as seen here. */
  readonly pid: number
}

/** @throws Unsupported without root or sshd; Unreachable; nothing is left behind then. */
export async function makeNamespaces(topology: Topology): Promise<Hosts> {
  if (process.getuid?.() !== 0)
    throw new Unsupported('the virtual lab', 'it makes network namespaces: run as root, or with sudo')
  const made: Namespace[] = []
  const hosts: Host[] = []
  const close = async () => {
    await Promise.all(hosts.map((host) => host.close()))
    await Promise.all(made.map(release))
  }
  try {
    made.push(...(await Promise.all([hold('dut'), hold('generator')])))
    const [dut, generator] = made as [Namespace, Namespace]
    await wire(topology, dut, generator)
    hosts.push(...(await Promise.all(made.map(reach))))
    return {
      dut: hosts[0]!,
      generator: hosts[1]!,
      enter: { dut: entrance(dut), generator: entrance(generator) },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function entrance({ pid }: Namespace): string {
  return `nsenter --target ${pid} --net --mount`
}

async function hold(name: string): Promise<Namespace> {
  const options = ['--net', '--mount', '--propagation', 'private']
  // The pipe to its standard input is open in this process alone: the holder ends when this process does.
  const holder = spawn('unshare', [...options, 'sh', '-c', HOLDER], { stdio: ['pipe', 'pipe', 'pipe'] })
  let stderr = ''
  holder.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  holder.stdin.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => reject(new Unsupported(`namespace '${name}'`, `${why} ${stderr.trim()}`))
    const timer = setTimeout(() => fail(`not ready after ${READY_MS} ms`), READY_MS)
    holder.once('error', (error) => fail(error.message))
    holder.once('exit', () => fail('its holder ended:'))
    createInterface(holder.stdout).once('line', () => {
      clearTimeout(timer)
      resolve()
    })
  }).catch((error: unknown) => {
    holder.kill('SIGKILL')
    throw error
  })
  return { name, holder, pid: holder.pid! }
}

async function release({ holder }: Namespace): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return
  const gone = new Promise((resolve) => holder.once('exit', resolve))
  holder.stdin?.end()
  await gone
}

/** Ports get an ifindex that no other port of this machine has: trace events name ports by nothing else. */
async function wire(topology: Topology, dut: Namespace, generator: Namespace): Promise<void> {
  const base = randomInt(1 << 16, 1 << 30)
  const lines: string[] = []
  for (const [index, [left, right]] of topology.links.entries()) {
    const [dutEnd, generatorEnd] = left.startsWith('dut.') ? [left, right] : [right, left]
    const dutPort = topology.dut.ports[dutEnd.slice('dut.'.length)]!
    const generatorPort = topology.generator.ports[generatorEnd.slice('generator.'.length)]!
    lines.push(
      [
        `link add ${generatorPort.interface} index ${base + 2 * index} netns ${generator.pid} mtu ${CABLE_MTU} ${queues(generatorPort)}`,
        `type veth peer name ${dutPort.interface} index ${base + 2 * index + 1} netns ${dut.pid} mtu 1500 ${queues(dutPort)}`,
      ].join(' '),
    )
  }
  await ip([], lines)
  const sides = [
    [dut, Object.values(topology.dut.ports)],
    [generator, Object.values(topology.generator.ports)],
  ] as const
  await Promise.all(
    sides.map(([namespace, ports]) => eachPort(namespace, ports, 'ethtool -K "$name" gro on')),
  )
  await Promise.all(sides.map(([namespace, ports]) => eachPort(namespace, ports, 'ip link set "$name" up')))
}

function queues({ queues: count = 1 }: Port): string {
  return `numtxqueues ${count} numrxqueues ${count}`
}

/**
 * A veth port takes redirected frames from its peer only while it polls (NAPI), which a native program or
 * GRO turns on (drivers/net/veth.c, veth_xdp_xmit): GRO makes it so whatever is attached. A port learns that its
 * peer polls when it is brought up (veth_open), so all of them have GRO before the first one is.
 */
async function eachPort(namespace: Namespace, ports: readonly Port[], command: string): Promise<void> {
  const names = ports.map(({ interface: name }) => name!)
  await enter(namespace, ['sh', '-ec', `for name; do ${command}; done`, 'sh', ...names])
}

async function ip(options: readonly string[], lines: readonly string[]): Promise<void> {
  const child = execute('ip', [...options, '-batch', '-'])
  child.child.stdin?.end(`${lines.join('\n')}\n`)
  await child.catch((error: unknown) => {
    throw new Unsupported('a veth port', (error as Error).message)
  })
}

async function enter({ name, pid }: Namespace, argv: readonly string[]): Promise<void> {
  await execute('nsenter', [...inside(pid), ...argv]).catch((error: unknown) => {
    throw new Unsupported(`the network of '${name}'`, (error as Error).message)
  })
}

function inside(pid: number): string[] {
  return ['--target', String(pid), '--net', '--mount', '--']
}

/**
 * An sshd in inetd mode: one connection, over a pipe; nothing listens. Its keys are made for this lab and
 * lie on a file system that only the namespace has.
 */
async function reach(namespace: Namespace): Promise<Host> {
  const hostKey = makeKeyPair()
  const userKey = makeKeyPair()
  const folder = `/proc/${namespace.pid}/root/run/lab`
  await Promise.all([
    writeFile(`${folder}/host_key`, hostKey.private, { mode: 0o600 }),
    writeFile(`${folder}/authorized_keys`, `${userKey.public}\n`, { mode: 0o600 }),
    writeFile(
      `${folder}/sshd_config`,
      [
        'HostKey /run/lab/host_key',
        'AuthorizedKeysFile /run/lab/authorized_keys',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'UsePAM no',
        'UseDNS no',
        'StrictModes no',
        'PrintMotd no',
        'PrintLastLog no',
        'MaxSessions 100',
        // bash reads ~/.bashrc for a command that comes by SSH, unless it is a shell inside another: what the
        // user has there costs every command its time, and may hang.
        'SetEnv SHLVL=2',
        '',
      ].join('\n'),
    ),
  ])
  const argv = [...inside(namespace.pid), SSHD, '-i', '-e', '-q', '-f', '/run/lab/sshd_config']
  const sshd = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'ignore'] })
  sshd.on('error', () => undefined)
  const sock = Duplex.from({ readable: sshd.stdout, writable: sshd.stdin })
  sock.on('error', () => undefined)
  // Once half of it has ended, ssh2 no longer destroys it, and would wait for its close for ever.
  sshd.once('exit', () => sock.destroy())
  return connectStream(namespace.name, sock, {
    user: 'root',
    privateKey: userKey.private,
    hostKey: hostKey.public.split(' ')[1]!,
  })
}
