/** npm packages: whether node_modules is what package-lock.json says, and the installing. */

import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { step } from './step.mjs'

/**
 * Why `npm ci` has to run, or undefined. npm keeps a copy of what it installed in node_modules/.package-lock.json.
 *
 * @param {string} repository
 * @returns {string | undefined}
 */
export function staleness(repository) {
  const installed = packages(join(repository, 'node_modules', '.package-lock.json'))
  if (!installed) return 'there are none'
  const locked = packages(join(repository, 'package-lock.json')) || {}
  if (!matchesManifest(repository, locked[''])) return 'package.json changed'
  for (const [path, entry] of Object.entries(locked)) {
    if (path === '') continue
    const there = installed[path]
    if (!there && mayBeAbsent(entry)) continue
    if (!there || there.version !== entry.version || there.integrity !== entry.integrity)
      return `${path} changed`
    if (!existsSync(join(repository, path, 'package.json'))) return `${path} is gone`
  }
  return Object.keys(installed).some((path) => !locked[path]) ? 'package-lock.json changed' : undefined
}

/**
 * Without the packages' install scripts: all they do here is compile optional parts of ssh2, for which they would
 * fetch Node's headers.
 *
 * @param {string} repository
 * @param {string} log
 */
export async function installNodeModules(repository, log) {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund']
  const npm = process.env.npm_execpath
  const [program, ...first] =
    npm && basename(npm).startsWith('npm') ? [process.execPath, npm, ...args] : ['npm', ...args]
  // CI calls npm silently, and this inherits it; a failure must speak.
  await step('installing npm packages', program, [...first, '--loglevel=notice'], { log, cwd: repository })
}

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   dependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string> }} Entry */

/** @param {string} lockFile @returns {Record<string, Entry> | undefined} */
function packages(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** An optional package is left out on other platforms, and where it would not build. @param {Entry} entry */
function mayBeAbsent({ optional, os, cpu, libc }) {
  const madeForThis = os && os.includes(process.platform) && cpu && cpu.includes(process.arch) && !libc
  return optional === true && !madeForThis
}

/** @param {string} repository @param {Entry | undefined} root */
function matchesManifest(repository, root) {
  const manifest = /** @type {Entry} */ (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')))
  const wants = (/** @type {Entry} */ entry) =>
    JSON.stringify(
      [entry.dependencies, entry.devDependencies, entry.optionalDependencies].map((list) =>
        Object.entries(list || {}).sort(),
      ),
    )
  return root !== undefined && wants(manifest) === wants(root)
}
