/** Opens SSH connections: over TCP with the host key verified, or over a stream that somebody made. */
import { readFile } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2'
import { type KnownKey, knownKeys } from './known-hosts.ts'
import { SshHost } from './ssh-host.ts'
import { Unreachable } from './unreachable.ts'

const READY_MS = 10_000
/** Silence of this length counts as a lost connection: 3 times 2 s. */
const KEEPALIVE: ConnectConfig = { keepaliveInterval: 2000, keepaliveCountMax: 3 }

export interface Address {
  readonly address: string
  readonly port: number
  readonly user: string
  /** Path of a private key file. */
  readonly key?: string | undefined
  /** Use the SSH agent of this session (SSH_AUTH_SOCK). */
  readonly agent?: boolean | undefined
  /** Path of a known_hosts file. */
  readonly knownHosts: string
}

/** @throws Unreachable: refused, timed out, unknown or changed host key, no key that it accepts. */
export async function connectTcp(name: string, at: Address): Promise<SshHost> {
  const where = `${name} (${at.user}@${at.address} port ${at.port})`
  const known = await knownKeys(at.knownHosts, at.address, at.port)
  if (known.length === 0)
    throw new Unreachable(
      where,
      `its host key is not in ${at.knownHosts}`,
      `Connect once by hand (ssh -p ${at.port} ${at.user}@${at.address}), compare the key's fingerprint with the machine's, and accept it.`,
    )
  let refused: string | undefined
  const config: ConnectConfig = {
    host: at.address,
    port: at.port,
    username: at.user,
    algorithms: { serverHostKey: hostKeyAlgorithms(known) },
    hostVerifier: (key: Buffer) => {
      const offered = key.toString('base64')
      if (known.some((one) => one.key === offered)) return true
      refused = `its host key has changed: it is not the one in ${at.knownHosts}`
      return false
    },
    ...(at.key === undefined ? { agent: sshAgent(where) } : { privateKey: await readKey(where, at.key) }),
  }
  return open(name, config, (why) => {
    // The kinds of key that are known are the only ones asked for.
    if (/no matching host key/i.test(why))
      refused = `its host key has changed: it has none of a kind that ${at.knownHosts} knows`
    return refused === undefined
      ? new Unreachable(where, why, remedyFor(why))
      : new Unreachable(
          where,
          refused,
          `Another machine may be answering. If the DUT was reinstalled, remove the old key (ssh-keygen -R) and accept the new one.`,
        )
  })
}

/** Over a stream whose far end is an sshd with this very host key. @throws Unreachable */
export async function connectStream(
  name: string,
  sock: Duplex,
  keys: { user: string; privateKey: string; hostKey: string },
): Promise<SshHost> {
  const config: ConnectConfig = {
    sock,
    username: keys.user,
    privateKey: keys.privateKey,
    hostVerifier: (key: Buffer) => key.toString('base64') === keys.hostKey,
  }
  return open(
    name,
    config,
    (why) => new Unreachable(name, why, 'See `lab doctor` for what this machine lacks.'),
  )
}

function open(name: string, config: ConnectConfig, failure: (why: string) => Error): Promise<SshHost> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client()
    // A broken connection may report more than one error; the first one says why.
    client.on('error', (error) => {
      client.destroy()
      reject(failure(error.message))
    })
    client.once('close', () => reject(failure('the connection was closed before it was ready')))
    client.once('ready', () => {
      client.removeAllListeners('close')
      resolve(new SshHost(name, client))
    })
    client.connect({ readyTimeout: READY_MS, ...KEEPALIVE, ...config })
  })
}

/** Asks for the kinds of key that are known first; an RSA key is signed with SHA-2 only (RFC 8332). */
function hostKeyAlgorithms(known: readonly KnownKey[]): ServerHostKeyAlgorithm[] {
  const names = known.flatMap(({ type }) => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type]))
  return [...new Set(names)] as ServerHostKeyAlgorithm[]
}

function sshAgent(where: string): string {
  const socket = process.env['SSH_AUTH_SOCK']
  if (!socket)
    throw new Unreachable(
      where,
      'no SSH agent: SSH_AUTH_SOCK is not set',
      'Start one (ssh-agent), or name a key file.',
    )
  return socket
}

async function readKey(where: string, file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Unreachable(
      where,
      `its key cannot be read: ${(error as Error).message}`,
      'Name a readable private key file in the topology.',
    )
  })
  const key = ssh2.utils.parseKey(text)
  if (!(key instanceof Error) && key.isPrivateKey()) return text
  const why = key instanceof Error ? key.message : 'it is a public key'
  throw new Unreachable(
    where,
    `its key ${file} cannot be used: ${why}`,
    /passphrase|encrypted/i.test(why)
      ? 'Add the key to your SSH agent and say agent: true in the topology.'
      : 'Name a private key file as ssh-keygen makes it in the topology.',
  )
}

function remedyFor(why: string): string {
  if (/authentication methods failed/i.test(why))
    return 'Is the key in authorized_keys there, and the user right? Keys with a passphrase go through the SSH agent (agent: true).'
  if (/passphrase|encrypted/i.test(why))
    return 'Add the key to your SSH agent and say agent: true in the topology.'
  return 'Is it on, is sshd running there, are address and port right?'
}
