/**
 * Keys that a known_hosts file holds for a host. OpenSSH's own ssh-keygen reads it, since it knows hashed
 * names, patterns, ports and revocations.
 */
import { execa } from 'execa'

export interface KnownKey {
  readonly type: string
  /** The public key in base64, as it stands in the file. */
  readonly key: string
}

/** @returns an empty list when the file does not exist or does not know the host. */
export async function knownKeys(file: string, address: string, port: number): Promise<KnownKey[]> {
  const name = port === 22 ? address : `[${address}]:${port}`
  const { stdout } = await execa('ssh-keygen', ['-F', name, '-f', file], { reject: false })
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('@'))
    .map((line) => {
      const [, type = '', key = ''] = line.split(/\s+/)
      return { type, key }
    })
}
