/**
 * Keys that a known_hosts file holds for a host. OpenSSH's own ssh-keygen reads it, since it knows hashed
 * names, patterns, ports and revocations.
 */
import { execa } from 'execa'
import { Unsupported } from './unsupported.ts'

export interface KnownKey {
  readonly type: string
  /** The public key in base64, as it stands in the file. */
  readonly key: string
}

/**
 * @returns an empty list when the file does not exist or does not know the host.
 * @throws Unsupported without ssh-keygen.
 */
export async function knownKeys(file: string, address: string, port: number): Promise<KnownKey[]> {
  const name = port === 22 ? address : `[${address}]:${port}`
  const { stdout, code } = await execa('ssh-keygen', ['-F', name, '-f', file], { reject: false })
  if (code === 'ENOENT')
    throw new Unsupported(
      'a verified host key',
      'ssh-keygen is not installed here; on Debian: apt-get install openssh-client',
    )
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('@'))
    .map((line) => {
      const [, type = '', key = ''] = line.split(/\s+/)
      return { type, key }
    })
}
