/** Commands about runs that are done: `lab results`, `lab history`, `lab baseline`. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { QUANTITIES } from '../record/measurement.ts'
import { RESULTS } from '../record/run-folder.ts'
import { cellsNamed } from '../record/store/cell-name.ts'
import { acceptBaseline, listBaselines, showBaseline } from './baseline.ts'
import { history, type NamedCells } from './history.ts'
import { EXPORT_FORMATS, exportResults, listResults, pruneResults, showResult } from './results.ts'
import { wholeNumber } from './whole-number.ts'

const DAY_MS = 86_400_000

const age = (text: string): number => {
  const [, amount, unit] = /^([1-9]\d*)(h|d|w)$/.exec(text) ?? []
  if (amount === undefined) throw new InvalidArgumentError('An age like 90d, 12w or 36h is expected.')
  return Number(amount) * { h: DAY_MS / 24, d: DAY_MS, w: 7 * DAY_MS }[unit as 'h' | 'd' | 'w']
}

const cells = (text: string): NamedCells => {
  try {
    return { text, filter: cellsNamed(text) }
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

export const resultsOption = () =>
  new Option('--results <folder>', 'where the runs are').default(RESULTS, 'results/')

export function addStoreCommands(program: Command): void {
  const results = program.command('results').description('list, show, remove and export runs')
  results
    .command('list')
    .description('list the runs, the oldest first')
    .option('--json', 'print one JSON object a run and nothing else')
    .addOption(resultsOption())
    .action(listResults)
  results
    .command('show <run>')
    .description('show a run: its bed, its cells, its measurements; latest is a name too')
    .addOption(resultsOption())
    .action(showResult)
  results
    .command('prune')
    .description('remove old runs; never the latest, one that is being written, or a baseline')
    .addOption(
      new Option('--keep <runs>', 'keep so many of the newest').argParser(wholeNumber).conflicts('olderThan'),
    )
    .addOption(new Option('--older-than <age>', 'remove those that began so long ago: 90d').argParser(age))
    .option('--dry-run', 'say what would go, and remove nothing')
    .addOption(resultsOption())
    .action(pruneResults)
  results
    .command('export [run...]')
    .description('print runs for other programs (the latest when none is named)')
    .addOption(new Option('--format <format>', 'in which form').choices(EXPORT_FORMATS).makeOptionMandatory())
    .addOption(resultsOption())
    .action(exportResults)

  program
    .command('history')
    .argument('[cell]', 'TARGET/FRAMES/MODE/SIZE/CORES@TOPOLOGY, or how that begins', cells)
    .description('how the figures of cells went over the runs, and which tests changed')
    .option('--all', 'of all cells')
    .addOption(new Option('--quantity <quantity>', 'only this one').choices(Object.keys(QUANTITIES)))
    .addOption(new Option('--last <measurements>', 'of each cell').argParser(wholeNumber).default(50))
    .option('--svg <file>', 'also draw the chart of one cell and quantity')
    .option('--html <file>', 'also draw the charts of all of them, as one page')
    .addOption(resultsOption())
    .action(history)

  const baseline = program.command('baseline').description('accept runs as what is expected, and show them')
  baseline
    .command('accept <run>')
    .description('write results/baselines/NAME.json, to be reviewed and committed')
    .option('--name <name>', 'of the baseline; the topology’s when absent')
    .requiredOption('--why <text>', 'why this is what is expected')
    .addOption(resultsOption())
    .action(acceptBaseline)
  baseline.command('list').description('list the baselines').addOption(resultsOption()).action(listBaselines)
  baseline
    .command('show <baseline>')
    .description('show a baseline: who accepted it, when, why, and what it holds')
    .addOption(resultsOption())
    .action(showBaseline)
}
