import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { makeKeyPair } from '../../../lab/provider/ssh-keys.ts'
import { type Address, connectTcp } from '../../../lab/remote/connect.ts'
import { knownKeys } from '../../../lab/remote/known-hosts.ts'
import { Unreachable } from '../../../lab/remote/unreachable.ts'
import { setEnvironment } from '../cli/environment.ts'
import { test } from './ssh-machine.ts'

/** What a person reads when the machine cannot be reached. */
async function refusal(address: Address): Promise<string> {
  const error = await connectTcp('dut', address).then(
    async (host) => host.close().then(() => new Error('it was reached')),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Unreachable)
  const { message } = error as Error
  expect(message, 'no stack trace').not.toMatch(/^\s+at /m)
  expect(message.split('\n'), 'what happened, and what to do').toHaveLength(2)
  return message
}

/** A port of this machine where nobody listens. */
async function deafPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('A machine whose key is in known_hosts under [address]:port is reached', async ({ host }) => {
  expect(await host.run(['echo', 'here'])).toBe('here\n')
})

test('A machine whose name is hashed in known_hosts is reached', async ({ machine }) => {
  execFileSync('ssh-keygen', ['-q', '-H', '-f', machine.address.knownHosts], { stdio: 'ignore' })
  expect(execFileSync('cat', [machine.address.knownHosts], { encoding: 'utf8' })).toMatch(/^\|1\|/)
  const host = await machine.connect()
  expect(await host.run(['echo', 'here'])).toBe('here\n')
})

test('Of several keys known for a machine any one does', async ({ machine }) => {
  const name = `[127.0.0.1]:${machine.address.port}`
  const [, other] = makeKeyPair().public.split(' ')
  await machine.knownAs(
    `${name} ssh-ed25519 ${other!}\n# a comment\n\n${name} ssh-ed25519 ${machine.hostKey}\n`,
  )
  await machine.connect()
})

test('A machine that known_hosts does not know is not talked to, and how to accept it is told', async ({
  machine,
}) => {
  const { port, knownHosts } = machine.address
  await machine.knownAs(`other.example ssh-ed25519 ${machine.hostKey}\n`)
  const message = await refusal(machine.address)
  expect(message).toContain(
    `dut (root@127.0.0.1 port ${port}) cannot be reached: its host key is not in ${knownHosts}`,
  )
  expect(message).toContain(`ssh -p ${port} root@127.0.0.1`)
})

test('An entry for port 22 says nothing of another port', async ({ machine }) => {
  await machine.knownAs(`127.0.0.1 ssh-ed25519 ${machine.hostKey}\n`)
  expect(await refusal(machine.address)).toContain('its host key is not in')
  expect(await knownKeys(machine.address.knownHosts, '127.0.0.1', 22)).toEqual([
    { type: 'ssh-ed25519', key: machine.hostKey },
  ])
})

test('Without a known_hosts file no machine is known', async ({ machine }) => {
  await rm(machine.address.knownHosts)
  expect(await refusal(machine.address)).toContain('its host key is not in')
})

test('A changed host key is refused before a user key is shown, and the way out is told', async ({
  machine,
}) => {
  await machine.knownAs(
    `[127.0.0.1]:${machine.address.port} ssh-ed25519 ${makeKeyPair().public.split(' ')[1]!}\n`,
  )
  const message = await refusal(machine.address)
  expect(message).toContain('its host key has changed')
  expect(message).toContain('ssh-keygen -R')
})

test('A machine that has no key of the known kind counts as changed', async ({ machine }) => {
  const rsa = execFileSync('sh', ['-c', `ssh-keygen -q -t rsa -b 2048 -N '' -f rsa && cat rsa.pub`], {
    cwd: machine.folder,
    encoding: 'utf8',
  })
  await machine.knownAs(`[127.0.0.1]:${machine.address.port} ${rsa}`)
  expect(await refusal(machine.address)).toContain('its host key has changed')
})

test('A revoked key is no known key', async ({ machine }) => {
  await machine.knownAs(`@revoked [127.0.0.1]:${machine.address.port} ssh-ed25519 ${machine.hostKey}\n`)
  expect(await refusal(machine.address)).toContain('its host key is not in')
})

test('A key that the machine does not accept is told as such', async ({ machine }) => {
  await writeFile(machine.address.key!, makeKeyPair().private)
  expect(await refusal(machine.address)).toMatch(
    /authentication methods failed\nIs the key in authorized_keys there/,
  )
})

test('A user that the machine does not accept is told as such', async ({ machine }) => {
  expect(await refusal({ ...machine.address, user: 'nobody' })).toMatch(
    /nobody@.*authentication methods failed\n.*the user right/s,
  )
})

test('A port where nobody listens is refused, and what to look at is told', async ({ machine }) => {
  const port = await deafPort()
  await machine.knownAs(`[127.0.0.1]:${port} ssh-ed25519 ${machine.hostKey}\n`)
  expect(await refusal({ ...machine.address, port })).toMatch(/ECONNREFUSED.*\n.*is sshd running there/)
})

test('A port where no SSH answers is told as such', async ({ machine }) => {
  const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await machine.knownAs(`[127.0.0.1]:${port} ssh-ed25519 ${machine.hostKey}\n`)
  try {
    expect(await refusal({ ...machine.address, port })).toContain(`port ${port}) cannot be reached`)
  } finally {
    server.close()
  }
})

test('A missing key file is named', async ({ machine }) => {
  const key = join(machine.folder, 'no-such-key')
  expect(await refusal({ ...machine.address, key })).toMatch(/its key cannot be read: .*no-such-key/)
})

test('A key with a passphrase is sent to the SSH agent', async ({ machine }) => {
  const key = join(machine.folder, 'locked')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret', '-f', key])
  const message = await refusal({ ...machine.address, key })
  expect(message).toMatch(/passphrase/)
  expect(message).toContain('agent: true')
})

test('A file that is no private key is named as the cause', async ({ machine }) => {
  const key = join(machine.folder, 'locked')
  await writeFile(key, 'ssh-ed25519 AAAA a public one\n')
  const message = await refusal({ ...machine.address, key })
  expect(message).toContain(key)
  expect(message).toContain('private key')
})

test('Without SSH agent and key file, what to start or name is told', async ({ machine }) => {
  const withoutKey = { ...machine.address, key: undefined, agent: true }
  const restore = setEnvironment({ SSH_AUTH_SOCK: undefined })
  try {
    expect(await refusal(withoutKey)).toMatch(/SSH_AUTH_SOCK is not set\nStart one/)
    setEnvironment({ SSH_AUTH_SOCK: join(machine.folder, 'no-agent') })
    expect(await refusal(withoutKey)).toContain('cannot be reached')
  } finally {
    restore()
  }
})
