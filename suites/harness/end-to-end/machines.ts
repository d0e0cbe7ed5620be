/**
 * Three machines with a network between them, as a laboratory has them: a controller, a DUT and a generator,
 * each a namespace, the latter two with an sshd that listens on an address of its own.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Process, processes } from './belongings.ts'

const execute = promisify(execFile)
const PORT = 2222
const ADDRESSES = { dut: '10.77.0.2', generator: '10.77.1.2' } as const
const NEAR = { dut: '10.77.0.1', generator: '10.77.1.1' } as const
/** Not what any trial needs, so that whoever changes it has something to put back. */
const FOUND_MTU = 1700
const READY_MS = 5_000

/** Ends with its standard input, that is with the test. Its shell reads no .bashrc, which may do anything. */
const MACHINE = `
set -e
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -m 0700 /run/sshd /run/folder
mount -t sysfs sysfs /sys
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
sed 's,^\\(root:.*:\\)[^:]*$,\\1/bin/sh,' /etc/passwd >/run/passwd
mount --bind /run/passwd /etc/passwd
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
ip link set lo up
# Files that are left there shall be seen; the controller may have its repository there.
if [ "$1" != controller ]; then
  mount --bind "$2" /run/folder
  mount -t tmpfs -o mode=1777 tmpfs /tmp
  mkdir -p "$2"
  mount --bind /run/folder "$2"
fi
echo ready
exec cat >/dev/null
`

export class Machines {
  readonly folder: string
  readonly #children: ChildProcess[] = []
  readonly #pids = new Map<string, number>()

  private constructor(folder: string) {
    this.folder = folder
  }

  /** @param folder where keys and configuration are put. */
  static async start(folder: string): Promise<Machines> {
    const machines = new Machines(folder)
    try {
      await Promise.all(['controller', 'dut', 'generator'].map((name) => machines.#hold(name)))
      await machines.#cable()
      await Promise.all([
        keyPair(folder, 'user'),
        machines.#startSshd('dut'),
        machines.#startSshd('generator'),
      ])
      machines.know('dut')
    } catch (error) {
      await machines.stop()
      throw error
    }
    return machines
  }

  /** Words before a command that runs on the machine. */
  within(name: 'controller' | 'dut' | 'generator'): string[] {
    return ['nsenter', '--target', String(this.#pids.get(name)), '--net', '--mount', '--']
  }

  /** Writes known_hosts: the DUT is known by the key of that name. */
  know(dutKey: string): void {
    const line = (name: keyof typeof ADDRESSES, key: string) =>
      `[${ADDRESSES[name]}]:${PORT} ${readFileSync(join(this.folder, `${key}_key.pub`), 'utf8').trim()}\n`
    const keys = [line('dut', dutKey), line('generator', 'generator')]
    writeFileSync(join(this.folder, 'known_hosts'), keys.join(''))
  }

  /** A topology of these machines. @param change of its text. */
  topology(change: (text: string) => string = (text) => text): string {
    const host = (name: keyof typeof ADDRESSES) =>
      `{ address: ${ADDRESSES[name]}, port: ${PORT}, key: user_key, knownHosts: known_hosts }`
    const text = `name: by-address
dut:
  host: ${host('dut')}
  ports:
    ingress: { interface: d0, driver: veth }
    egress: { interface: d1, driver: veth }
generator:
  kind: soft
  host: ${host('generator')}
  ports:
    a: { interface: t0 }
    b: { interface: t1 }
links:
  - [generator.a, dut.ingress]
  - [generator.b, dut.egress]
`
    const file = join(this.folder, 'by-address.yaml')
    writeFileSync(file, change(text))
    return file
  }

  /** Everything of a machine's test ports that a lab could change, in words. */
  async state(name: 'dut' | 'generator'): Promise<string> {
    const ports = name === 'dut' ? ['d0', 'd1'] : ['t0', 't1']
    const look = ports.map(
      (port) => `ip -details link show ${port}; ethtool -k ${port}; cat /sys/class/net/${port}/threaded`,
    )
    const script = [...look, 'ls /tmp'].join('\n')
    return this.run(name, ['sh', '-c', script])
  }

  async run(name: 'controller' | 'dut' | 'generator', argv: readonly string[]): Promise<string> {
    const [program, ...rest] = [...this.within(name), ...argv]
    return (await execute(program!, rest)).stdout
  }

  /** Kills the DUT's sshd, and all of its connections. */
  killSshd(name: 'dut' | 'generator'): void {
    for (const { pid } of this.#inside(name).filter((one) => one.name === 'sshd'))
      process.kill(pid, 'SIGKILL')
  }

  /** What a lab runs on DUT and generator now. */
  processes(): Process[] {
    const own = new Set(this.#children.map(({ pid }) => pid))
    return [...this.#inside('dut'), ...this.#inside('generator')].filter(({ pid }) => !own.has(pid))
  }

  #inside(name: 'dut' | 'generator'): Process[] {
    const all = processes()
    const { namespace } = all.find(({ pid }) => pid === this.#pids.get(name))!
    return all.filter((one) => one.namespace === namespace)
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
  }

  async #hold(name: string): Promise<void> {
    const argv = [
      '--net',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      MACHINE,
      'sh',
      name,
      this.folder,
    ]
    const holder = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#children.push(holder)
    await once(holder.stdout, 'data')
    this.#pids.set(name, holder.pid!)
  }

  async #cable(): Promise<void> {
    const pid = (name: string) => this.#pids.get(name)!
    const cables = [
      ['m0', 'controller', 'mgmt', 'dut', 1500],
      ['m1', 'controller', 'mgmt', 'generator', 1500],
      ['t0', 'generator', 'd0', 'dut', FOUND_MTU],
      ['t1', 'generator', 'd1', 'dut', FOUND_MTU],
    ] as const
    for (const [near, at, far, to, mtu] of cables) {
      const left = ['link', 'add', near, 'mtu', String(mtu), 'netns', String(pid(at)), 'type', 'veth']
      await execute('ip', [...left, 'peer', 'name', far, 'mtu', String(mtu), 'netns', String(pid(to))])
    }
    const up = (port: string) => `ip link set ${port} up`
    const address = (port: string, at: string) => `ip address add ${at}/24 dev ${port} && ${up(port)}`
    const script = (...lines: string[]) => ['sh', '-c', lines.join(' && ')]
    const gro = (port: string) => `ethtool -K ${port} gro on`
    // A veth port learns when it is brought up whether its peer takes redirected frames.
    await Promise.all([
      this.run('dut', script(gro('d0'), gro('d1'))),
      this.run('generator', script(gro('t0'), gro('t1'))),
    ])
    await Promise.all([
      this.run('controller', script(address('m0', NEAR.dut), address('m1', NEAR.generator))),
      this.run('dut', script(address('mgmt', ADDRESSES.dut), up('d0'), up('d1'))),
      this.run('generator', script(address('mgmt', ADDRESSES.generator), up('t0'), up('t1'))),
    ])
  }

  async #startSshd(name: 'dut' | 'generator'): Promise<void> {
    await keyPair(this.folder, name)
    const lines = [
      `ListenAddress ${ADDRESSES[name]}:${PORT}`,
      `HostKey ${join(this.folder, `${name}_key`)}`,
      `AuthorizedKeysFile ${join(this.folder, 'user_key.pub')}`,
      'PidFile none',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'UseDNS no',
      'StrictModes no',
      'MaxSessions 100',
      '',
    ]
    const config = join(this.folder, `${name}_sshd_config`)
    writeFileSync(config, lines.join('\n'))
    const [program, ...rest] = [...this.within(name), '/usr/sbin/sshd', '-D', '-e', '-f', config]
    this.#children.push(spawn(program, rest, { stdio: 'ignore' }))
    const end = performance.now() + READY_MS
    while (!(await this.run(name, ['ss', '-Hlnt'])).includes(`:${PORT}`)) {
      if (performance.now() > end) throw new Error(`the sshd of ${name} does not listen`)
      await delay(20)
    }
  }
}

export async function keyPair(folder: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await execute('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    name,
    '-f',
    join(folder, `${name}_key`),
  ])
}
