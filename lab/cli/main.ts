/** The `lab` command: reads its arguments, and turns whatever goes wrong into one message and an exit code. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EVIDENCE_LEVELS } from '../evidence/levels.ts'
import { InvalidTopology } from '../topology/invalid-topology.ts'
import { FRAME_KINDS, frameSize } from '../units/frame.ts'
import { parseRate, type Rate, RATE_EXAMPLES } from '../units/rate.ts'
import { MODES } from '../units/redirect.ts'
import { USUAL_MARGIN } from '../record/compare/comparison.ts'
import { NoSuchRun } from '../record/store/find-run.ts'
import { InvalidBaseline } from '../record/store/baseline.ts'
import { reasonsPage } from '../record/reasons-page.ts'
import { bench } from './bench.ts'
import { compare } from './compare.ts'
import { doctor } from './doctor.ts'
import { type At, explain } from './explain.ts'
import { list } from './list.ts'
import { NIGHT_PARTS, nightly } from './nightly.ts'
import { qualify } from './qualify.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { DISPROOFS } from './run-options.ts'
import { addStoreCommands, resultsOption } from './store-commands.ts'
import { checkTopology, nightlyBeds, showTopology, topologySchema } from './topology.ts'
import { down, up } from './up.ts'
import { wholeNumber } from './whole-number.ts'
import { WrongUse } from './wrong-use.ts'

/** Exit codes: all passed; a claim failed; wrong use or invalid topology; the lab broke. */
const WRONG_USE = 2
const LAB_BROKE = 3

const pattern = (text: string): string => {
  try {
    return new RegExp(text).source
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

const size = (text: string): number => {
  try {
    return frameSize(wholeNumber(text))
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

const rate = (text: string): Rate => {
  try {
    return parseRate(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

const sizes = (text: string): number[] => text.split(',').map(size)

const duration = (text: string): number => {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = Number(amount) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit]!
  if (!(ms > 0)) throw new InvalidArgumentError('A time like 10s, 2m or 500ms is expected.')
  return ms
}

const percent = (text: string): number => {
  const [, digits] = /^(\d+(?:\.\d+)?) ?%?$/.exec(text) ?? []
  const share = Number(digits) / 100
  if (!(share > 0 && share < 1))
    throw new InvalidArgumentError('A part above 0 and below 100 is expected, as 1% or 0.5%.')
  return share
}

const twoPorts = (text: string): [string, string] => {
  const [one, other, ...more] = text.split(',')
  if (!one || !other || one === other || more.length > 0)
    throw new InvalidArgumentError('Two names of ports like a,b are expected.')
  return [one, other]
}

const at = (text: string): At => {
  const [, user = 'root', bracketed, plain, port = '22'] =
    /^(?:([^@]+)@)?(?:\[([0-9a-fA-F:.]+)\]|([^:@[\]]+))(?::(\d+))?$/.exec(text) ?? []
  const address = bracketed ?? plain
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new InvalidArgumentError('[USER@]HOST[:PORT] is expected; an IPv6 address in brackets.')
  return { user, address, port: Number(port) }
}

const topologyOption = () =>
  new Option('-t, --topology <file>', 'the test bed').default(
    'topologies/local.yaml',
    'the virtual lab on this machine',
  )

const benchTopology = () =>
  new Option('-t, --topology <file>', 'the test bed').default(
    'topologies/local-bench.yaml',
    'the virtual lab, tuned so that the generator can outrun the DUT',
  )

// Whoever reads the output may stop in the middle: `lab list devmap | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const program = new Command('lab')
  .description('Tests the Linux kernel’s XDP_REDIRECT on a test bed, and names every lost frame.')
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .showSuggestionAfterError()

program
  .command('run [suite...]')
  .description('run suites (when none is named, all that are not run by name), and make the report')
  .addOption(topologyOption())
  .addOption(new Option('--frames <kind>', 'only frames of one buffer, or of several').choices(FRAME_KINDS))
  .addOption(new Option('--mode <mode>', 'only programs in the driver, or above it').choices(MODES))
  .addOption(
    new Option('--size <bytes>', 'one frame size, FCS included, in place of the table’s').argParser(size),
  )
  .addOption(
    new Option('--evidence <level>', 'how closely the DUT is watched')
      .choices(EVIDENCE_LEVELS)
      .default('full'),
  )
  .addOption(new Option('--repeat <times>', 'run every test so many times').argParser(wholeNumber).default(1))
  .addOption(
    new Option('--frames-per-cell <frames>', 'frames sent in each cell of a suite’s table').argParser(
      wholeNumber,
    ),
  )
  .addOption(new Option('--rate <rate>', `of each cell of a suite’s table: ${RATE_EXAMPLES}`).argParser(rate))
  .option('--program <file>', 'a compiled program (.bpf.o) in place of the lab’s own')
  .option(
    '--profile <file>',
    'suite profile: a stateless profile of TRex (.py, .yaml), in place of the mix of sizes',
  )
  .option('--grep <pattern>', 'only tests whose title matches', pattern)
  .option('--take-over', 'take the ports of a running TRex from whoever holds them')
  .option('--no-report', 'leave the report out')
  .addOption(
    new Option('--disprove <what>', 'drops: leave its causes out, or count wrong; every row must fail')
      .choices(DISPROOFS)
      .hideHelp(),
  )
  .option('--json', 'print one JSON object a cell and nothing else')
  .action(run)

program
  .command('bench [target...]')
  .description('measure how fast redirect is (all targets when none is named), with bounds')
  .addOption(benchTopology())
  .addOption(
    new Option('--sizes <bytes>', 'frame sizes, FCS included: 64,1518').argParser(sizes).default([64], '64'),
  )
  .addOption(new Option('--goal <name...>', 'what is searched for').default(['ndr', 'pdr'], 'ndr pdr'))
  .addOption(
    new Option('--mode <mode>', 'programs in the driver, or above it').choices(MODES).default('native'),
  )
  .addOption(new Option('--frames <kind>', 'only frames of one buffer, or of several').choices(FRAME_KINDS))
  .option('--suite <name...>', 'these suites, in place of those that the time is enough for')
  .addOption(new Option('--budget <time>', 'time for all of it, like 10m').argParser(duration))
  .option('--resume [run]', 'go on with an interrupted run (the latest when none is named)')
  .option('--no-report', 'leave the report out')
  .option('--json', 'print one JSON object a figure and nothing else')
  .action(bench)

program.command('list [suite]').description('list the suites, or the tests of one').action(list)
program
  .command('report [run]')
  .description('make the report of a run again (the latest when none is named)')
  .option('--open', 'open it in a browser')
  .option('--merge <folder...>', 'one report of these runs, of as many beds')
  .option('--to <folder>', 'where the merged report goes: results/merged when absent')
  .option('--history <folder>', 'begin with what the last report left there, and leave it to the next')
  .action(report)
program
  .command('qualify [target...]')
  .description('say whether a candidate is slower or broken: runs it and the baseline in turn on one bed')
  .requiredOption('--baseline <name>', 'what it is measured against (A)')
  .requiredOption('--candidate <name>', 'what is to be qualified (B)')
  .option(
    '--switch <command>',
    'what brings one of them onto the bed; it is given the name, and waits until it is there',
  )
  .option('--baseline-program <file>', 'a compiled program (.bpf.o) that A runs in place of the lab’s own')
  .option('--candidate-program <file>', 'the same for B')
  .addOption(benchTopology())
  .addOption(
    new Option('--sizes <bytes>', 'frame sizes, FCS included: 64,1518').argParser(sizes).default([64], '64'),
  )
  .addOption(
    new Option('--mode <mode>', 'programs in the driver, or above it').choices(MODES).default('native'),
  )
  .addOption(new Option('--switches <times>', 'how often each comes').argParser(wholeNumber).default(2))
  .addOption(
    new Option('--samples <number>', 'samples of each in every cell').argParser(wholeNumber).default(10),
  )
  .addOption(
    new Option('--margin <part>', 'how much slower does not matter').argParser(percent).default(0.01, '1%'),
  )
  .option('--no-functional', 'leave out whether every frame arrives')
  .action(qualify)
program
  .command('nightly [target...]')
  .description('all that a bed can say in a night, judged by the nights before; ends with one summary')
  .addOption(benchTopology())
  .option('--functional <file>', 'another topology of the same bed, for all but the benchmarks')
  .addOption(
    new Option('--parts <part...>', 'only these parts of a night')
      .choices(NIGHT_PARTS)
      .default(NIGHT_PARTS, NIGHT_PARTS.join(' ')),
  )
  .addOption(
    new Option('--sizes <bytes>', 'frame sizes, FCS included: 64,1518').argParser(sizes).default([64], '64'),
  )
  .addOption(new Option('--mode <mode>', 'what is benchmarked').choices(MODES).default('native'))
  .addOption(new Option('--budget <time>', 'time for the benchmarks, like 2h').argParser(duration))
  .addOption(
    new Option(
      '--self-test <ports>',
      'two ports of the generator (a,b) that are cabled to each other, by which it is tried first',
    ).argParser(twoPorts),
  )
  .option('--no-report', 'leave the report out')
  .addOption(resultsOption())
  .action(nightly)
program
  .command('compare <baseline> <candidate>')
  .description(
    'say what broke and what became slower; each is a run, a folder of runs, the name of a run, or a baseline file',
  )
  .addOption(
    new Option('--margin <part>', 'how much slower does not matter')
      .argParser(percent)
      .default(USUAL_MARGIN, `${USUAL_MARGIN * 100}%`),
  )
  .addOption(new Option('--json', 'print one JSON document and nothing else').conflicts('markdown'))
  .option('--markdown', 'print Markdown, for a pull request')
  .action(compare)
program
  .command('up')
  .description('make a virtual lab to play with')
  .addOption(topologyOption())
  .option('--foreground', 'stay until interrupted')
  .action(up)
program.command('down').description('end the lab that `up` made').addOption(topologyOption()).action(down)
const topology = program.command('topology').description('check, draw and describe topology files')
topology.command('check <file...>').description('say what is wrong with topology files').action(checkTopology)
topology.command('show <file>').description('draw a test bed').option('--svg', 'as SVG').action(showTopology)
topology
  .command('nightly')
  .argument('[folder]', 'of topology files', 'topologies')
  .description('list those with nightly: true, as JSON for the matrix of a workflow')
  .action(nightlyBeds)
topology.command('schema').description('print the JSON schema of topology files').action(topologySchema)
program
  .command('reasons')
  .description('print every reason for which a frame may be lost, and what to try, as Markdown')
  .action(() => {
    process.stdout.write(reasonsPage())
  })
program
  .command('doctor')
  .description('say what this machine and the DUT have and lack')
  .addOption(topologyOption())
  .addOption(
    new Option(
      '--self-test [ports]',
      'what the generator itself can do and loses, between two of its ports (a,b) that are cabled to each other',
    ).argParser(twoPorts),
  )
  .action(doctor)

program
  .command('explain')
  .description('say where frames vanish in a setup that is there already; touches nothing of it')
  .addOption(
    new Option('--host <[user@]host[:port]>', 'a machine reached by SSH; this one when absent').argParser(at),
  )
  .addOption(new Option('-t, --topology <file>', 'the DUT of a test bed'))
  .option('--interface <name...>', 'only what frames meet that come in there')
  .addOption(new Option('--for <time>', 'how long to watch').argParser(duration).default(10_000, '10s'))
  .option('--per-frame', 'also count each frame that is redirected well, which costs more')
  .option('--json', 'print one JSON document at the end and nothing else')
  .action(explain)

addStoreCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
  if (!(error instanceof CommanderError)) console.error(messageOf(error))
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USE
  const wrongUse = [WrongUse, InvalidTopology, NoSuchRun, InvalidBaseline].some(
    (kind) => error instanceof kind,
  )
  return wrongUse ? WRONG_USE : LAB_BROKE
}

function messageOf(error: unknown): string {
  const known = error instanceof Error && error.constructor !== Error && error.constructor !== TypeError
  if (known) return error.message
  return `This is a defect of redirect-lab, not of your DUT:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
