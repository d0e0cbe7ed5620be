/**
 * A machine one reaches by SSH, inside this process: it listens on 127.0.0.1, runs commands in a real shell,
 * and lets a test replace a program by one of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from '@playwright/test'
import ssh2, { type Connection, type ServerChannel } from 'ssh2'
import { makeKeyPair } from '../../../lab/provider/ssh-keys.ts'
import { type Address, connectTcp } from '../../../lab/remote/connect.ts'
import type { SshHost } from '../../../lab/remote/ssh-host.ts'

/** Takes a command line, or leaves it to the shell by answering false. */
export type Program = (commandLine: string, channel: ServerChannel) => boolean

export interface SshMachine {
  readonly address: Address
  /** Public host key in base64. */
  readonly hostKey: string
  /** The machine's home and cache, and the place for a test's files. */
  readonly folder: string
  /** Replaces a program of the machine. */
  program: Program
  /** Command lines that came in, the oldest first. */
  readonly commandLines: string[]
  /** Pulls the cable. */
  cut(): void
  /** Writes its known_hosts entry, or another, into the file that `address` names. */
  knownAs(lines: string): Promise<void>
  connect(): Promise<SshHost>
}

export const test = base.extend<{ machine: SshMachine; host: SshHost }>({
  machine: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'ssh-machine-'))
    const [hostKey, userKey] = [makeKeyPair(), makeKeyPair()]
    const sockets = new Set<Socket>()
    const children = new Set<ChildProcess>()
    const hosts: SshHost[] = []
    const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (connection) =>
      serve(connection, userKey.public),
    )
    // Undeclared by @types/ssh2, but an ssh2.Server wraps a net.Server; cut() needs its sockets.
    const listener = (
      server as unknown as { _srv: { on(name: 'connection', take: (socket: Socket) => void): void } }
    )._srv
    listener.on('connection', (socket) => sockets.add(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const key = join(folder, 'id_ed25519')
    const knownHosts = join(folder, 'known_hosts')
    await writeFile(key, userKey.private, { mode: 0o600 })
    const machine: SshMachine = {
      address: { address: '127.0.0.1', port, user: 'root', key, knownHosts },
      hostKey: hostKey.public.split(' ')[1]!,
      folder,
      program: () => false,
      commandLines: [],
      cut: () => sockets.forEach((socket) => socket.destroy()),
      knownAs: (lines) => writeFile(knownHosts, lines),
      connect: async () => {
        const host = await connectTcp('dut', machine.address)
        hosts.push(host)
        return host
      },
    }
    await machine.knownAs(`[127.0.0.1]:${port} ssh-ed25519 ${machine.hostKey}\n`)

    function serve(connection: Connection, allowed: string): void {
      connection.on('error', () => undefined)
      connection.on('authentication', (attempt) => {
        const known =
          attempt.method === 'publickey' && attempt.key.data.toString('base64') === allowed.split(' ')[1]
        if (known && attempt.username === 'root') attempt.accept()
        else attempt.reject(['publickey'])
      })
      connection.on('session', (acceptSession) => {
        acceptSession().on('exec', (acceptExec, _, { command }) => {
          machine.commandLines.push(command)
          const channel = acceptExec()
          channel.on('error', () => undefined)
          if (!machine.program(command, channel)) children.add(runInShell(command, channel, folder))
        })
      })
    }

    await use(machine)
    await Promise.all(hosts.map((host) => host.close()))
    machine.cut()
    for (const child of children) child.kill('SIGKILL')
    await new Promise((resolve) => server.close(resolve))
    await rm(folder, { recursive: true })
  },
  host: async ({ machine }, use) => use(await machine.connect()),
})

function runInShell(command: string, channel: ServerChannel, folder: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: 'pipe',
    env: { ...process.env, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
  })
  child.stdin.on('error', () => undefined)
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code, signal) => {
    channel.stderr.write('', () => {
      // As sshd does it: signals go without their SIG.
      if (signal) channel.exit(signal.slice('SIG'.length), false, '')
      else channel.exit(code ?? 255)
      channel.end()
    })
  })
  channel.on('close', () => child.kill('SIGKILL'))
  return child
}
