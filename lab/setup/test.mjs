/** `npm test`: the set-up, then every check there is, and how many tests ran. `--help` tells more. */

import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './child.mjs'
import { setUpOrExit } from './setup.mjs'
import { closingLine, labRun, playwright, single, tap, total } from './tally.mjs'

/**
 * @typedef {import('./tally.mjs').Tally} Tally
 * @typedef {import('./tally.mjs').Outcome} Outcome
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {string} about
 * @property {readonly string[]} command
 * @property {Record<string, string>} [env]
 * @property {(outcome: Outcome) => Tally} count
 * @property {boolean} [alone] measures time or owns the machine's ports: nothing may run beside it
 *
 * @typedef {{ check: Check, tally: Tally, seconds: number }} Result
 */

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const logs = join(repository, 'results', 'checks')
/** @param {string} project */
const report = (project) => join(logs, `${project}.json`)
const bin = (/** @type {string} */ name) => join('node_modules', '.bin', name)

/** @param {string} project @param {string} about @returns {Check} */
const ofHarness = (project, about) => ({
  name: project,
  about,
  command: [bin('playwright'), 'test', '--project', project, '--reporter', 'list,json'],
  env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report(project) },
  count: playwright(report(project)),
  alone: true,
})

/** @type {readonly Check[]} */
const checks = [
  {
    name: 'format',
    about: 'prettier',
    command: [bin('prettier'), '--check', '.'],
    count: single,
  },
  {
    name: 'lint',
    about: 'eslint',
    command: [bin('eslint'), '.'],
    count: single,
  },
  {
    name: 'layers',
    about: 'dependency-cruiser: imports go down',
    command: [
      bin('depcruise'),
      ...['--config', '.dependency-cruiser.cjs', 'lab', 'benchmarks', 'fixtures', 'suites'],
    ],
    count: single,
  },
  {
    name: 'types',
    about: 'tsc',
    command: [bin('tsc'), '--noEmit'],
    count: single,
  },
  {
    name: 'agent',
    about: "the agent's own checks, in C, under sanitizers",
    command: ['make', '-s', '-C', 'lab/agent', 'check'],
    count: tap,
    alone: true,
  },
  ofHarness('harness', 'suites/harness: the harness itself, without hardware'),
  ofHarness('overload', 'suites/harness: its benchmarks, which leave no CPU to others'),
  {
    name: 'functional',
    about: 'every claim about XDP_REDIRECT, on the virtual lab',
    command: [process.execPath, 'lab/cli/lab.mjs', 'run', '--topology', 'topologies/local.yaml'],
    count: labRun(join(repository, 'results', 'latest', 'summary.json')),
    alone: true,
  },
  {
    name: 'drops',
    about: 'every way to lose a redirected frame, caused on the virtual lab',
    command: [process.execPath, 'lab/cli/lab.mjs', 'run', 'drops', '--topology', 'topologies/local.yaml'],
    count: labRun(join(repository, 'results', 'latest', 'summary.json')),
    alone: true,
  },
]

const AT_A_TIME = 2

const HELP = `npm test [-- --only CHECK,…]

Sets the machine up, then runs these checks, all of them even if one fails:

${checks.map(({ name, about }) => `  ${name.padEnd(11)} ${about}`).join('\n')}

  --only CHECK,…   just these
  --help           this text

What each check wrote is kept in results/checks. The last line tells how many tests ran:
\`N passed, N failed\`. Exit codes: 0 all passed, 1 something failed, 2 wrong use, 3 the machine
cannot be set up.
`

let interrupted = ''

/** @param {readonly Check[]} chosen */
async function test(chosen) {
  const { seconds } = await setUpOrExit({ quiet: true })
  console.log(`set up      ${time(seconds)}`)
  mkdirSync(logs, { recursive: true })
  /** @type {Result[]} */
  const results = []
  const quick = chosen.filter(({ alone }) => !alone)
  const lane = async () => {
    for (let check = quick.shift(); check && !interrupted; check = quick.shift())
      results.push(await run(check))
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, lane))
  for (const check of chosen) if (check.alone && !interrupted) results.push(await run(check))

  results.sort((a, b) => chosen.indexOf(a.check) - chosen.indexOf(b.check))
  const sum = total(results.map(({ tally }) => tally))
  console.log(`\n${table(results)}\n`)
  if (interrupted) console.log(`interrupted by ${interrupted}: not every check ran`)
  if (sum.skipped > 0) console.log(`${sum.skipped} skipped`)
  console.log(closingLine({ ...sum, skipped: 0 }))
  process.exitCode = sum.failed > 0 || interrupted ? 1 : 0
}

/** @param {Check} check @returns {Promise<Result>} */
async function run(check) {
  const log = join(logs, `${check.name}.log`)
  const file = openSync(log, 'w')
  const since = Date.now()
  const [program = '', ...args] = check.command
  let code = 127
  let output = ''
  try {
    code = await runChild(program, args, {
      cwd: repository,
      env: { ...process.env, ...check.env },
      stdio: ['ignore', file, file],
      onSignal: (signal) => (interrupted = signal),
    })
  } catch (error) {
    output = `${/** @type {Error} */ (error).message}\n`
  } finally {
    closeSync(file)
  }
  output = readFileSync(log, 'utf8') + output
  const seconds = (Date.now() - since) / 1000
  const tally = check.count({ code, output, since })
  const line = `${check.name.padEnd(11)} ${time(seconds)}  ${closingLine(tally)}`
  if (tally.failed === 0) console.log(line)
  else
    console.log(`\n${line}: ${check.command.join(' ')} ended with exit code ${code}\n\n${output.trimEnd()}\n`)
  return { check, tally, seconds }
}

/** @param {readonly Result[]} results */
function table(results) {
  const rows = results.map(({ check, tally, seconds }) => {
    const result = tally.failed > 0 ? 'failed' : 'passed'
    return `${check.name.padEnd(11)} ${result}  ${String(tally.passed + tally.failed).padStart(6)}  ${time(seconds)}`
  })
  return ['check       result   count   seconds', ...rows].join('\n')
}

/** @param {number} seconds */
const time = (seconds) => `${seconds.toFixed(1).padStart(6)} s`

/** @param {readonly string[]} args @returns {readonly Check[]} */
function choose(args) {
  if (args.length === 0) return checks
  const names = /^--only(?:=(.+))?$/.exec(args[0] || '')
  const given = names && (names[1] || args[1])
  if (!given || args.length > (names[1] ? 1 : 2))
    throw new Error(`expected --only CHECK,… or nothing; got ${args.join(' ')}`)
  const wanted = given.split(',')
  const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0)
    throw new Error(
      `there is no check ${unknown.join(', ')}; there are ${checks.map(({ name }) => name).join(', ')}`,
    )
  return checks.filter(({ name }) => wanted.includes(name))
}

function main() {
  const args = process.argv.slice(2)
  if (args.includes('--help')) return console.log(HELP)
  let chosen
  try {
    chosen = choose(args)
  } catch (error) {
    console.error(/** @type {Error} */ (error).message)
    process.exitCode = 2
    return
  }
  void test(chosen)
}

main()
