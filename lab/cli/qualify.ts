/**
 * `lab qualify`: is the candidate slower or broken against the baseline? Both are run in turn on one bed, so that what
 * drifts meets both alike, and each is switched to more than once, since no two boots or loads are quite the same.
 */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { execa, ExecaError } from 'execa'
import { certificateHtml, certificateMarkdown, type Qualification } from '../record/certificate.ts'
import { compare } from '../record/compare/comparison.ts'
import { readSide } from '../record/compare/read-side.ts'
import { qualificationPicture } from '../record/qualification-picture.ts'
import { makePartFolder, makeRunFolder, RESULTS } from '../record/run-folder.ts'
import { shellWords } from '../remote/shell-words.ts'
import { loadTopology } from '../topology/load.ts'
import type { Mode, Target } from '../units/redirect.ts'
import { abba, type ArmName } from './abba.ts'
import type { RunOptions } from './run-options.ts'
import { runSuites } from './run-suites.ts'
import { selection } from './selection.ts'
import { chooseSuites } from './suites.ts'
import { targetsNamed } from './targets-named.ts'
import { UNTROUBLED } from './untroubled.ts'
import { WrongUse } from './wrong-use.ts'

interface Flags {
  readonly topology: string
  readonly baseline: string
  readonly candidate: string
  readonly baselineProgram?: string
  readonly candidateProgram?: string
  /** Command that switches the bed: its last argument is the name of the arm. */
  readonly switch?: string
  readonly switches: number
  readonly samples: number
  readonly sizes: readonly number[]
  readonly mode: Mode
  readonly margin: number
  readonly functional: boolean
}

interface Arm {
  readonly name: string
  readonly program?: string
}

const REGRESSED = 1
const CLAIM_FAILED = 1

/** @throws WrongUse, InvalidTopology before anything is touched; SwitchFailed, RunnerEnded. */
export async function qualify(names: readonly string[], flags: Flags): Promise<void> {
  const targets = targetsNamed(names)
  await loadTopology(flags.topology)
  const arms = armsOf(flags)
  const whole = makeRunFolder(new Date()).path
  console.log(`${arms.A.name} (A) against ${arms.B.name} (B)`)
  const order =
    flags.switch === undefined
      ? await sampleBySample(whole, arms, targets, flags)
      : await blockByBlock(whole, arms, targets, { ...flags, switch: flags.switch })
  if (order === undefined) return
  process.exitCode = 0
  const [A, B] = [readSide(join(whole, 'A'), RESULTS), readSide(join(whole, 'B'), RESULTS)]
  const comparison = compare(
    { A: { ...A.side, name: arms.A.name }, B: { ...B.side, name: arms.B.name } },
    flags.margin,
  )
  const picture = await qualificationPicture(comparison, A.side.runs[0]?.environment ?? {})
  if (picture !== undefined) writeFileSync(join(whole, 'qualification.svg'), picture)
  const qualification: Qualification = {
    comparison,
    ...(picture === undefined ? {} : { picture }),
    order,
    samples: flags.samples,
    repeat: typed(['npx', 'lab', ...process.argv.slice(2)]),
    ...(flags.switch === undefined ? {} : { switchedBy: flags.switch }),
  }
  writeFileSync(join(whole, 'certificate.md'), certificateMarkdown(qualification))
  writeFileSync(join(whole, 'certificate.html'), certificateHtml(qualification))
  writeFileSync(join(whole, 'comparison.json'), `${JSON.stringify(comparison, null, 1)}\n`)
  console.log(`\n${certificateMarkdown(qualification)}`)
  console.log(`Certificate: ${join(whole, 'certificate.html')}`)
  console.log(`Again: lab compare ${basename(whole)}/A ${basename(whole)}/B`)
  if (comparison.regressed) process.exitCode = REGRESSED
}

/** As one would type it. */
const typed = (argv: readonly string[]): string =>
  argv.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : shellWords([word]))).join(' ')

/** The switch did not do what it should: what is on the bed is unknown. */
class SwitchFailed extends Error {
  override readonly name = 'SwitchFailed'
}

/**
 * Two programs need no switch of the bed: they take turns from sample to sample, so that whatever changes meets both.
 *
 * @returns the order in words; undefined when it ended before its time, with the exit code set.
 */
async function sampleBySample(
  whole: string,
  arms: Record<ArmName, Arm>,
  targets: readonly Target[],
  flags: Flags,
): Promise<string | undefined> {
  if (flags.functional)
    for (const name of ['A', 'B'] as const)
      if (!(await functionalPart({ whole, number: 0, name, arm: arms[name] }, targets, flags)))
        return undefined
  const candidate = makePartFolder(join(whole, 'B'), 'rate')
  const { program } = arms.B
  const part = { whole, number: 0, name: 'A', arm: arms.A } as const
  const versus = { folder: candidate.path, ...(program === undefined ? {} : { program: resolve(program) }) }
  if (!(await ratePart(part, targets, flags, { samples: flags.samples, versus }))) return undefined
  copyFileSync(join(whole, 'A', 'rate', 'environment.json'), join(candidate.path, 'environment.json'))
  return 'A B, B A, A B and so on from sample to sample'
}

/** @returns the order in words; undefined when it ended before its time, with the exit code set. @throws SwitchFailed */
async function blockByBlock(
  whole: string,
  arms: Record<ArmName, Arm>,
  targets: readonly Target[],
  flags: Flags & { readonly switch: string },
): Promise<string | undefined> {
  const order = abba(flags.switches)
  const samples = Math.ceil(flags.samples / flags.switches)
  for (const [number, name] of order.entries()) {
    await switchTo(flags.switch, arms[name].name)
    const part = { whole, number: number + 1, name, arm: arms[name] }
    const first = order.indexOf(name) === number
    if (flags.functional && first && !(await functionalPart(part, targets, flags))) return undefined
    if (!(await ratePart(part, targets, flags, { samples }))) return undefined
  }
  return `${order.join(' ')}, ${samples} samples each time`
}

async function switchTo(command: string, name: string): Promise<void> {
  console.log(`switching to ${name}: ${command} ${name}`)
  try {
    await execa(command, [name], { stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' })
  } catch (error) {
    const why = error instanceof ExecaError ? error.shortMessage : String(error)
    throw new SwitchFailed(`the bed could not be switched to ${name}, so it is in an unknown state: ${why}`)
  }
}

interface Part {
  readonly whole: string
  /** Of the block, from 1; 0 where there is only one. */
  readonly number: number
  readonly name: ArmName
  readonly arm: Arm
}

/** @returns whether there are figures that say something. */
async function ratePart(
  part: Part,
  targets: readonly Target[],
  flags: Flags,
  { samples, versus }: Pick<NonNullable<RunOptions['bench']>, 'samples' | 'versus'>,
): Promise<boolean> {
  const { options, folder } = partOptions(part, 'rate', flags)
  await runSuites({
    suites: chooseSuites(['rate']),
    folder,
    options: {
      ...options,
      evidence: 'light',
      bench: { targets: [...targets], sizes: [...flags.sizes], goals: [], seconds: 0, samples, versus },
    },
    select: selection({ mode: flags.mode }),
    repeat: 1,
    report: false,
    records: 'measurements.jsonl',
  })
  if (exitCode() === 0) return true
  console.error('The rates of this part say nothing, so nothing is compared.')
  return false
}

/** @returns whether it was run to its end: claims that fail are what a comparison is for. */
async function functionalPart(part: Part, targets: readonly Target[], flags: Flags): Promise<boolean> {
  const { options, folder } = partOptions(part, 'functional', flags)
  await runSuites({
    suites: chooseSuites(targets),
    folder,
    options: { ...options, evidence: 'full', rate: UNTROUBLED },
    select: selection({ mode: flags.mode, grep: 'arrives whole' }),
    repeat: 1,
    report: false,
    records: 'cells.jsonl',
  })
  return exitCode() === 0 || exitCode() === CLAIM_FAILED
}

/** Of the part that has just ended; interrupted, or with a broken lab, it is the code of the whole. */
const exitCode = (): number => Number(process.exitCode ?? 0)

function partOptions({ whole, number, name, arm }: Part, what: string, flags: Flags) {
  const folder = makePartFolder(join(whole, name), number === 0 ? what : `${number}-${what}`)
  const options: RunOptions = {
    topology: resolve(flags.topology),
    folder: folder.path,
    evidence: 'light',
    json: false,
    ...(arm.program === undefined ? {} : { program: resolve(arm.program) }),
  }
  return { folder, options }
}

function armsOf(flags: Flags): Record<ArmName, Arm> {
  const arm = (name: string, program: string | undefined): Arm => {
    if (program !== undefined && !existsSync(program)) throw new WrongUse(`there is no program ${program}`)
    return { name, ...(program === undefined ? {} : { program }) }
  }
  if (flags.baseline === flags.candidate && flags.switch !== undefined)
    throw new WrongUse(`both arms are called ${flags.baseline}, so the switch could not tell them apart`)
  return {
    A: arm(flags.baseline, flags.baselineProgram),
    B: arm(flags.candidate, flags.candidateProgram),
  }
}
