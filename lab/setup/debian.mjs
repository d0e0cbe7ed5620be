/** Debian packages: whether this machine can install them, and the installing. */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { locateProgram } from './requirements.mjs'
import { step } from './step.mjs'

/** @typedef {import('./requirements.mjs').Machine} Machine */

/**
 * How to become the one who may install packages; or why this machine cannot.
 *
 * @param {Machine} machine
 * @returns {{ by: readonly string[] } | { cannot: string }}
 */
export function installer(machine) {
  const system = operatingSystem(machine)
  const aptGet = locateProgram('apt-get', machine)
  if (!system.debian || !aptGet) return { cannot: `this is ${system.name}, not Debian` }
  if (machine.uid === 0) return { by: [] }
  const sudo = locateProgram('sudo', machine)
  if (!sudo) return { cannot: 'this user is not root, and there is no sudo' }
  const allowed = spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0
  return allowed ? { by: [sudo, '-n'] } : { cannot: 'this user is not root, and sudo wants a password' }
}

/** @param {readonly string[]} packages */
export const installCommand = (packages) => `apt-get install --no-install-recommends ${packages.join(' ')}`

/**
 * The lab starts its own sshd where it needs one, so the package's service must neither start now (policy-rc.d, Debian
 * Policy §9.3.3) nor at the next boot. A policy that is there already is its owner's.
 *
 * Lists that cannot be refreshed, of some unrelated source perhaps, are no reason to give up: installing tells.
 */
const INSTALL = `
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin"
policy=/usr/sbin/policy-rc.d
for package; do
  if [ "$package" = openssh-server ] && [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    printf '#!/bin/sh\\nexit 101\\n' > $policy
    chmod 755 $policy
  fi
done
apt-get update || echo 'apt-get update failed; going on with the lists there are'
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
for package; do
  if [ "$package" = openssh-server ]; then
    if command -v systemctl > /dev/null; then systemctl disable --now ssh.service ssh.socket || true
    else deb-systemd-helper disable ssh.service ssh.socket || true; update-rc.d ssh disable || true
    fi
  fi
done
`

/**
 * @param {readonly string[]} packages
 * @param {{ by: readonly string[], log: string }} options
 */
export async function installPackages(packages, { by, log }) {
  const [program, ...args] = [...by, 'sh', '-c', INSTALL, 'install', ...packages]
  await step('installing Debian packages', program, args, { log })
}

/** @param {Machine} machine */
function operatingSystem(machine) {
  let text = ''
  try {
    text = readFileSync(join(machine.root, '/etc/os-release'), 'utf8')
  } catch {
    return { name: `a machine without /etc/os-release (${machine.platform})`, debian: false }
  }
  const field = (/** @type {string} */ name) =>
    (new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text) || [])[1] || ''
  return {
    name: field('PRETTY_NAME') || field('ID') || 'an unnamed system',
    debian: `${field('ID')} ${field('ID_LIKE')}`.split(' ').includes('debian'),
  }
}
