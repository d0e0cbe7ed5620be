/** A ledger as text, stage by stage, for messages and the report. */
import type { Untold } from '../generator/generator.ts'
import { framesText } from './frames-text.ts'
import type { Trial } from '../measure/trial.ts'
import { reasonFor, reasonWords, STAGE_MEANING } from '../measure/reasons.ts'
import { modeAndWay } from './way-text.ts'

const number = (value: number) => value.toLocaleString('en-US')

export function ledgerText(trial: Trial): string {
  const { ledger, redirect, load } = trial
  const width = Math.max(...[ledger.due, ledger.offered].map((value) => number(value).length), 7)
  const row = (left: string, value: number, right = '') =>
    `  ${left.padEnd(34)}${number(value).padStart(width)}  ${right}`.trimEnd()
  const lines = [
    `${redirect.target}, ${framesText(load)}, ${modeAndWay(redirect)}`,
    row(
      'offered',
      ledger.offered,
      ledger.due === ledger.offered ? '' : `${ledger.due / ledger.offered} copies due of each`,
    ),
  ]
  for (const step of ledger.steps) {
    lines.push(row(`into ${step.stage}`, step.in, STAGE_MEANING[step.stage]))
    for (const loss of ledger.lost.filter(({ stage }) => stage === step.stage)) {
      lines.push(row(`  lost: ${loss.reason}`, loss.count, `seen by ${loss.seenBy}`))
      const reason = reasonFor(loss.stage, loss.reason, redirect.target)
      if (reason) lines.push(...reasonWords(reason).map((line) => `      ${line}`))
    }
  }
  lines.push(row('received', ledger.received), row('unexplained', ledger.unexplained))
  if (trial.untold.length > 0) lines.push(`  ${untoldWords(trial.untold)}`)
  return lines.join('\n')
}

const listed = (words: readonly string[]) =>
  [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' and ')

/** What is not claimed of a trial, since nobody can tell. */
export function untoldWords(untold: readonly Untold[]): string {
  return `not told by the generator, and so not claimed: ${listed(untold)} of the frames`
}

/** Where events were lost, how far two counts of the same frames may be apart without anybody being wrong. */
export function agreementWord(agree: boolean, unsure: number | undefined): string {
  if (!agree) return 'DISAGREE'
  if (unsure === undefined) return 'agree'
  return unsure === Infinity ? 'not comparable' : `not comparable by up to ${number(unsure)}`
}

/** Two ways to count the same frames, a line each. */
export function agreementText({ ledger: { agreements } }: Trial): string {
  return agreements
    .map(
      ({ what, counts, agree, unsure }) =>
        `  ${agreementWord(agree, unsure).padEnd(8)} ${what}: ${counts.map(([by, count]) => `${by} ${number(count)}`).join(', ')}`,
    )
    .join('\n')
}
