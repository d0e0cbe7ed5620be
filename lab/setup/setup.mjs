/**
 * `npm run setup`: makes this machine ready, and says nothing where it is. Safe to repeat.
 *
 * Parsed by any Node since 14, so that one that is too old is told so: Node's own modules only, no top-level await.
 */

import { spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installCommand, installer, installPackages } from './debian.mjs'
import { lacking } from './kernel.mjs'
import { installNodeModules, staleness } from './node-modules.mjs'
import { locate, requirements, thisMachine } from './requirements.mjs'
import { SetUpFailed, startLog, step } from './step.mjs'

/** @typedef {import('./requirements.mjs').Machine} Machine */
/** @typedef {{ name: string, why: string, found?: string, debianPackage?: string, get?: string }} Missing */

const here = fileURLToPath(import.meta.url)
const repository = dirname(dirname(dirname(here)))
const BUILDS = ['lab/agent', 'fixtures/programs']

/**
 * Installs and builds what is missing, one line a step; `quiet` leaves out the line that says that nothing was.
 *
 * @param {{ quiet?: boolean, machine?: Machine }} [options]
 * @returns {Promise<{ seconds: number }>}
 * @throws {SetUpFailed} where it cannot, with everything that is missing and how to get it
 */
export async function setUp({ quiet = false, machine = thisMachine() } = {}) {
  const start = process.hrtime.bigint()
  let did = 0
  let log = ''
  /** @param {string} what @param {(log: string) => Promise<void>} work */
  const doing = async (what, work) => {
    console.log(`${what} …`)
    log = log || startLog(repository)
    did += 1
    await work(log)
  }

  await makePackages(machine, doing)
  const stale = staleness(repository)
  if (stale) await doing(`installing npm packages (${stale})`, (log) => installNodeModules(repository, log))
  for (const folder of await staleBuilds())
    await doing(`building ${folder}`, (log) =>
      step(`building ${folder}`, 'make', ['-s', '-C', folder], { log, cwd: repository }),
    )

  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  if (did > 0) console.log(`set up in ${seconds.toFixed(1)} s`)
  else if (!quiet) console.log(`set up already: nothing was missing (${seconds.toFixed(2)} s)`)
  return { seconds }
}

/**
 * `setUp` for a command: a failure is a message and exit code 3, never a stack.
 *
 * @param {{ quiet?: boolean, machine?: Machine }} [options]
 */
export async function setUpOrExit(options) {
  try {
    return await setUp(options)
  } catch (error) {
    if (!(error instanceof SetUpFailed)) throw error
    console.error(`\n${error.message}`)
    return process.exit(error.exitCode)
  }
}

/**
 * @param {Machine} machine
 * @param {(what: string, work: (log: string) => Promise<void>) => Promise<void>} doing
 */
async function makePackages(machine, doing) {
  const missing = survey(machine)
  const wanted = debianPackages(missing)
  let kernel = await lacking(machine)
  const hopeless = [
    ...missing.filter((one) => !one.debianPackage),
    ...(kernel === 'could not ask' ? [] : kernel),
  ]
  if (wanted.length === 0 && hopeless.length === 0) return

  const install = wanted.length > 0 ? installer(machine) : { by: [] }
  if (hopeless.length > 0 || 'cannot' in install) {
    const packaged = missing.filter((one) => one.debianPackage)
    throw new SetUpFailed(
      cannotSetUp([...hopeless, ...packaged], 'cannot' in install ? install.cannot : undefined),
    )
  }
  await doing(`installing Debian packages: ${wanted.join(', ')}`, (log) =>
    installPackages(wanted, { ...install, log }),
  )
  const left = survey(machine)
  kernel = await lacking(machine)
  if (kernel !== 'could not ask') left.push(...kernel)
  if (left.length > 0) throw new SetUpFailed(cannotSetUp(left))
}

/** @param {Machine} machine @returns {Missing[]} */
function survey(machine) {
  // Elsewhere, nothing else of the list can be had.
  const relevant =
    machine.platform === 'linux'
      ? requirements
      : requirements.filter(({ find }) => 'platform' in find || 'node' in find)
  return relevant
    .map((requirement) => ({ ...requirement, ...locate(requirement, machine) }))
    .filter((one) => one.at === undefined)
}

/** @param {readonly Missing[]} missing */
const debianPackages = (missing) => [...new Set(missing.flatMap((one) => one.debianPackage || []))]

/**
 * @param {readonly Missing[]} missing
 * @param {string} [cannot] why Debian packages cannot be installed
 */
function cannotSetUp(missing, cannot) {
  const width = Math.max(...missing.map(({ name }) => name.length))
  const lines = missing.map(({ name, why, found, debianPackage, get }) => {
    const instead = found ? ` (found: ${found})` : ''
    return `  ${name.padEnd(width)}  ${why}${instead}\n  ${''.padEnd(width)}  → ${get || `package ${debianPackage}`}`
  })
  const wanted = debianPackages(missing)
  const packages =
    wanted.length === 0
      ? ''
      : cannot
        ? `\nThe packages were not installed: ${cannot}. On Debian, as root:\n  ${installCommand(wanted)}\n`
        : `\nThe packages, as root:\n  ${installCommand(wanted)}\n`
  return `This machine cannot be set up. What is missing, and how to get it:\n\n${lines.join('\n')}\n${packages}`
}

async function staleBuilds() {
  const current = await Promise.all(BUILDS.map(isCurrent))
  return BUILDS.filter((_, i) => !current[i])
}

/** @param {string} folder @returns {Promise<boolean>} */
function isCurrent(folder) {
  return new Promise((resolve) => {
    const child = spawn('make', ['-s', '-q', '-C', folder], { cwd: repository, stdio: 'ignore' })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

if (process.argv[1] && realpathSync(process.argv[1]) === here) void setUpOrExit()
