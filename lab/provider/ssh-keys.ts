/** Ed25519 keys for one lab, in OpenSSH's own form. */
import ssh2 from 'ssh2'

export interface KeyPair {
  readonly private: string
  readonly public: string
}

/**
 * ssh2 1.17 writes about one key in 600 in a form that neither it nor OpenSSH reads; such a one is thrown away.
 */
export function makeKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair
  }
}
