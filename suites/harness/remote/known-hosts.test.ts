/** What reads known_hosts, where it is missing. */
import { expect, test } from '@playwright/test'
import { knownKeys } from '../../../lab/remote/known-hosts.ts'

test('Without ssh-keygen no host key is verified, and the message says what to install', async () => {
  const path = process.env['PATH']
  process.env['PATH'] = '/nowhere'
  try {
    await expect(knownKeys('/dev/null', '192.0.2.1', 22)).rejects.toThrow(
      'ssh-keygen is not installed here; on Debian: apt-get install openssh-client',
    )
  } finally {
    process.env['PATH'] = path
  }
})
