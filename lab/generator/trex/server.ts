/** A TRex server of the lab's own: started from a configuration of its own, and gone with the lab. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Changes } from '../../remote/changes.ts'
import { CommandFailed } from '../../remote/command-failed.ts'
import { type Guarded, startGuarded } from '../../remote/guarded.ts'
import type { Host } from '../../remote/host.ts'
import { GeneratorError } from '../generator-error.ts'

/** A minute for NICs that take their time to bring the link up; af_packet takes 1.6 s. */
const READY_MS = 60_000
const LOOK_AGAIN_MS = 50
const STOP_MS = 2_000
const LOOK_MS = 1_000
/** Of what the server wrote, for messages and as evidence. */
const LOG_LINES = 400
/** In an error. */
const LAST_LINES = 12
/** By which a server of the lab is known: where its configuration lies. */
const FOLDER = '/tmp/redirect-lab-trex-'

/** TRex servers of this network namespace: number, whether a guard of the lab holds it, command. */
const LOOK = `
for task in /proc/[0-9]*; do
  case $(readlink "$task/exe") in */_t-rex-64|*/_t-rex-64' (deleted)') ;; *) continue ;; esac
  [ "$task/ns/net" -ef /proc/self/ns/net ] || continue
  parent=$(sed -n 's/^PPid:[^0-9]*//p' "$task/status")
  held=loose
  case $(tr '\\0' ' ' <"/proc/$parent/cmdline") in *' guard -- '*) held=held ;; esac
  echo "\${task#/proc/} $held $(tr '\\0' ' ' <"$task/cmdline")"
done 2>/dev/null
true`

export interface TrexServer {
  /** The latest lines that it wrote. */
  log(): readonly string[]
  /** Resolves when it has ended, to how. Never rejects. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

/** A TRex server that runs in a host's network namespace. */
interface Running {
  readonly pid: string
  /** A guard of the lab ends it when its controller is gone. */
  readonly held: boolean
  readonly command: string
}

export interface ServerOptions {
  /** Folder with _t-rex-64 in it. */
  readonly installation: string
  readonly config: string
  readonly cores: number
  readonly rpcPort: number
  readonly eventPort: number
  /** Others reach that machine: TRex listens on all of its addresses, and does what anybody tells it. */
  readonly shield: boolean
}

/** @throws GeneratorError with the end of its log when it does not come up. */
export async function startServer(host: Host, changes: Changes, options: ServerOptions): Promise<TrexServer> {
  const { installation, config, cores, rpcPort } = options
  await clearTheWay(host, rpcPort)
  await host.run(['test', '-x', `${installation}/_t-rex-64`]).catch(() => {
    throw new GeneratorError(
      `there is no TRex in ${installation} (_t-rex-64)`,
      'Name the folder of an unpacked release, or of scripts/ after a build: `path` in the topology, or TREX_DIR.',
    )
  })
  if (options.shield) await shield(host, changes, [rpcPort, options.eventPort])
  const folder = FOLDER + randomBytes(6).toString('hex')
  await changes.make({
    what: 'folder of TRex’s configuration',
    argv: ['mkdir', '-m', '0700', folder],
    undo: ['rm', '-rf', folder],
  })
  const file = `${folder}/trex.yaml`
  await host.run(['sh', '-c', 'cat >"$1"', 'sh', file], { input: config })
  // Not by the script t-rex-64: it starts a server of its own beside it, and ends processes by their name.
  const command = ['./_t-rex-64', '-i', '--stl', '--software', '-c', String(cores), '--iom', '0', '--no-key']
  const argv = ['env', '-C', installation, `LD_LIBRARY_PATH=${installation}`, ...command, '--no-scapy-server']
  const process = await startGuarded(host, [...argv, '--cfg', file])
  const lines: string[] = []
  process.onLine((line) => {
    lines.push(line.trimEnd())
    if (lines.length > LOG_LINES) lines.shift()
  })
  const log = () => [...lines, ...process.stderr().split('\n')].filter((line) => line.trim() !== '')
  const ended = process.ended.then(({ exitCode, signal }) =>
    signal ? `killed by ${signal}` : exitCode === null ? 'the connection was lost' : `exit code ${exitCode}`,
  )
  const stop = () => end(host, process)
  try {
    await ready(host, rpcPort, ended, log)
    return { log, ended, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Until the lab is closed, nobody reaches the ports but from that machine itself. @throws GeneratorError */
async function shield(host: Host, changes: Changes, ports: readonly number[]): Promise<void> {
  const table = `inet redirect_lab_trex_${ports[0]}`
  const rules = [
    `add table ${table}`,
    `add chain ${table} input { type filter hook input priority -10; }`,
    `add rule ${table} input iifname != "lo" tcp dport { ${ports.join(', ')} } drop`,
  ]
  const change = {
    what: 'TRex’s TCP ports, closed to others',
    argv: ['nft', rules.join('; ')],
    undo: ['sh', '-c', 'nft delete table "$@" 2>/dev/null || true', 'sh', ...table.split(' ')],
  }
  await changes.make(change).catch((error: unknown) => {
    throw new GeneratorError(
      `TRex’s TCP ports cannot be closed to others there: ${(error as Error).message}`,
      'Install nftables there; or start TRex yourself where nobody else reaches it, and say server: attach.',
    )
  })
}

async function ready(
  host: Host,
  port: number,
  ended: Promise<string>,
  log: () => readonly string[],
): Promise<void> {
  const failed = (why: string) => {
    const words = log().slice(-LAST_LINES)
    const said = words.map((line) => `\n  ${line}`).join('')
    return new GeneratorError(`TRex did not come up: ${why}`, `${remedyFor(log().join('\n'))}${said}`)
  }
  const end = performance.now() + READY_MS
  const early = ended.then((how) => ({ how }))
  while (performance.now() < end) {
    if (await listens(host, port)) return
    const gone = await Promise.race([early, delay(LOOK_AGAIN_MS)])
    if (gone) throw failed(gone.how)
  }
  throw failed(`nothing listens on TCP port ${port} after ${READY_MS / 1000} s`)
}

/** What it says when it cannot start. */
const START_ERRORS: readonly (readonly [says: RegExp, remedy: string])[] = [
  [/core \d+ unavailable|invalid parameter for -l/, 'It has too few CPUs: say lowEnd: true, or fewer cores.'],
  [/Could not find all interfaces/, 'It lacks a port: compare generator.ports with `ip link` there.'],
  [/need at least 2 ports/, 'It wants an even number of ports.'],
  [
    /Cannot (get|reserve) hugepage|No free hugepages|Cannot allocate memzone/i,
    'Give it hugepages: sysctl vm.nr_hugepages=2048; or let an earlier server end first.',
  ],
  [/not bound|VFIO|igb_uio/i, 'Bind its ports to vfio-pci first: ./dpdk_setup_ports.py there.'],
  [/error while loading shared libraries/, 'Its installation is not whole.'],
  [/Address already in use/, 'Another program has its TCP ports: say rpcPort and eventPort.'],
]

function remedyFor(log: string): string {
  return START_ERRORS.find(([says]) => says.test(log))?.[1] ?? 'The end of what it wrote:'
}

/** Its exit code is 255 also when it ends as it should. One that is stopped would never hear of it. */
async function end(host: Host, process: Guarded): Promise<void> {
  const alive = await lifeOf(host)
  if ((await alive()) !== false) {
    process.signal('INT')
    await Promise.race([process.ended, delay(STOP_MS)])
  }
  await process.kill()
}

async function listens(host: Host, port: number): Promise<boolean> {
  return host.connect(port).then(
    (stream) => {
      stream.on('error', () => undefined)
      stream.destroy()
      return true
    },
    () => false,
  )
}

/** Ends what a dead run has left, and nothing else. @throws GeneratorError when somebody uses the port. */
async function clearTheWay(host: Host, port: number): Promise<void> {
  const servers = await runningServers(host)
  const left = servers.filter(({ held, command }) => !held && command.includes(FOLDER))
  for (const { pid } of left) await host.run(['kill', '-KILL', pid]).catch(() => undefined)
  if (left.length > 0) await delay(500)
  if (!(await listens(host, port))) return
  const other = servers.find(({ held, command }) => held || !command.includes(FOLDER))
  throw new GeneratorError(
    `TCP port ${port} is in use${other ? ` by a TRex server, process ${other.pid}: ${other.command}` : ''}`,
    'Use that server (server: attach), end it, or give this one another port (rpcPort, eventPort).',
  )
}

async function runningServers(host: Host): Promise<Running[]> {
  const lines = (await host.run(['sh', '-c', LOOK])).trim().split('\n')
  return lines
    .map((line) => /^(\d+) (held|loose) (.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, pid, held, command]) => ({ pid: pid!, held: held === 'held', command: command!.trim() }))
}

/**
 * How to tell a server that is dead or stopped from one that only has no time. Never rejects.
 * @returns undefined each time when it is not known which process it is: there is none to be seen, or several.
 */
export async function lifeOf(host: Host): Promise<() => Promise<boolean | undefined>> {
  const servers = await runningServers(host).catch(() => [])
  const [server] = servers
  if (!server || servers.length > 1) return () => Promise.resolve(undefined)
  // "12 (_t-rex-64) S …": stopped, traced, dead, or nobody's any more (proc(5)).
  return () =>
    host.run(['cat', `/proc/${server.pid}/stat`], { timeoutMs: LOOK_MS }).then(
      (stat) => !/^\) [TtXxZ]/.test(stat.slice(stat.lastIndexOf(')'))),
      (error: unknown) => (error instanceof CommandFailed && error.exitCode === 1 ? false : undefined),
    )
}
