/** A trial as the report shows it first: where the frames went, and what says so. */
import { reasonFor, reasonWords, STAGE_MEANING } from '../measure/reasons.ts'
import type { Trial } from '../measure/trial.ts'
import { errnoName } from '../units/errno.ts'
import { ACTIONS } from '../units/redirect.ts'
import { escapeHtml, htmlTable } from './html.ts'
import { framesText } from './frames-text.ts'
import { rateText } from './rate-text.ts'
import { agreementWord } from './ledger-text.ts'
import { modeAndWay } from './way-text.ts'

/** The ledger for the report's own page, which strips styles: spaces that do not break keep columns apart. */
export function ledgerHtml(trial: Trial): string {
  const { ledger, redirect, load } = trial
  const cell = (text: string) => `<td>${escapeHtml(text)}&nbsp;&nbsp;&nbsp;&nbsp;</td>`
  const row = (...cells: readonly string[]) => `<tr>${cells.map(cell).join('')}</tr>`
  const rows = [
    row(
      'offered',
      frames(ledger.offered),
      ledger.due === ledger.offered ? '' : `${frames(ledger.due)} copies due`,
    ),
  ]
  for (const step of ledger.steps) {
    rows.push(row(`into ${step.stage}`, frames(step.in), STAGE_MEANING[step.stage]))
    for (const { stage, reason, count, seenBy } of ledger.lost.filter((loss) => loss.stage === step.stage)) {
      const known = reasonFor(stage, reason, redirect.target)
      rows.push(
        row(
          `lost: ${reason}`,
          frames(count),
          `${known ? `${reasonWords(known).join(' ')} ` : ''}Seen by ${seenBy}.`,
        ),
      )
    }
  }
  rows.push(
    row('received', frames(ledger.received), `at ${trial.receivers.join(', ')}`),
    row('unexplained', frames(ledger.unexplained), ''),
  )
  const title = `${redirect.target}, ${framesText(load)}, ${modeAndWay(redirect)}`
  return `<p><b>${escapeHtml(title)}</b></p><table>${rows.join('')}</table>`
}

/** What bpftrace, perf and the counters said, as tables. */
export function evidenceHtml(trial: Trial): string {
  const { observation, perf, counters, lostEvents, missedEvents, kernelLog } = trial.evidence
  const port = new Map(
    Object.entries(trial.ports).map(([role, { ifindex, interface: name }]) => [ifindex, `${name} (${role})`]),
  )
  const named = (ifindex: number) => (ifindex === 0 ? '-' : (port.get(ifindex) ?? `ifindex ${ifindex}`))
  const parts = [
    ['Hits of every xdp probe', htmlTable(['probe', 'hits'], Object.entries(observation.probes))],
    [
      'What xdp_do_redirect() answered, by errno',
      htmlTable(
        ['errno', 'from', 'to', 'program', 'map', 'key', 'frames'],
        observation.redirects.map(({ errno, ifindex, toIfindex, program, map, key, frames }) => [
          errno === 0 ? 'ok' : errnoName(errno),
          named(ifindex),
          named(toIfindex),
          String(program),
          map === NO_MAP ? '-' : String(map),
          String(key),
          frames,
        ]),
      ),
    ],
    [
      'Bulks handed to ports (xdp_devmap_xmit)',
      htmlTable(
        ['errno', 'from', 'to', 'bulks', 'sent', 'dropped'],
        observation.devmapXmits.map(({ errno, fromIfindex, toIfindex, bulks, sent, drops }) => [
          errno === 0 ? 'ok' : errnoName(errno),
          named(fromIfindex),
          named(toIfindex),
          bulks,
          sent,
          drops,
        ]),
      ),
    ],
    ['Frames in a bulk', htmlTable(['frames', 'bulks to ports', 'bulks to CPUs'], bulkRows(trial))],
    [
      'Bulks put to CPUs (xdp_cpumap_enqueue)',
      htmlTable(
        ['map', 'from CPU', 'to CPU', 'bulks', 'processed', 'dropped'],
        observation.cpumapEnqueues.map(({ map, cpu, toCpu, bulks, processed, drops }) => [
          String(map),
          String(cpu),
          String(toCpu),
          bulks,
          processed,
          drops,
        ]),
      ),
    ],
    [
      'Taken by CPUs (xdp_cpumap_kthread)',
      htmlTable(
        ['map', 'CPU', 'processed', 'no skb', 'passed', 'dropped', 'redirected'],
        observation.cpumapKthreads.map(({ map, cpu, processed, drops, pass, drop, redirect }) => [
          String(map),
          String(cpu),
          processed,
          drops,
          pass,
          drop,
          redirect,
        ]),
      ),
    ],
    [
      'Exceptions (xdp_exception)',
      htmlTable(
        ['action', 'port', 'program', 'frames'],
        observation.exceptions.map(({ action, ifindex, program, frames }) => [
          ACTIONS[action] ?? String(action),
          named(ifindex),
          String(program),
          frames,
        ]),
      ),
    ],
    [
      'Where frames were lost, by call stack',
      htmlTable(
        ['event', 'why', 'frames', 'from'],
        [...observation.stacks]
          .sort((a, b) => b.frames - a.frames)
          .map(({ probe, code, frames, stack }) => [
            probe,
            probe === 'xdp_exception'
              ? (ACTIONS[code] ?? String(code))
              : code === 0
                ? 'drops'
                : errnoName(code),
            frames,
            stack.join(' ← '),
          ]),
      ),
    ],
    [
      'Port counters that moved',
      htmlTable(
        ['port', 'counter', 'change'],
        Object.entries(counters).flatMap(([name, changes]) =>
          Object.entries(changes).map(([counter, change]) => [name, counter, change]),
        ),
      ),
    ],
    [
      'The same frames, counted in more than one way',
      htmlTable(
        ['frames', 'counts', 'verdict'],
        trial.ledger.agreements.map(({ what, counts, agree, unsure }) => [
          what,
          counts.map(([by, count]) => `${by}: ${count.toLocaleString('en-US')}`).join('; '),
          agreementWord(agree, unsure),
        ]),
      ),
    ],
    [
      'The DUT’s kernel log',
      htmlTable(
        ['line'],
        kernelLog.map((line) => [line]),
      ),
    ],
  ] as const
  const { whole, generator } = trial.overhead
  const rate = rateText(trial)
  const took = `<p>${rate === '' ? '' : `Offered: ${rate}. `}Beyond its load the trial took ${whole.toFixed(2)} s, ${generator.toFixed(2)} s of it the generator.</p>`
  const lost = `<p>Events lost: ${lostEvents} by bpftrace, whose programs missed ${missedEvents}${perf ? `, ${perf.lost} by perf, which recorded ${perf.events}${perf.unread > 0 ? ' and could not read some' : ''}` : ''}.</p>`
  const tables = parts
    .filter(([, table]) => table.includes('<td'))
    .map(([title, table]) => `<h4>${escapeHtml(title)}</h4>${table}`)
  return `<meta charset="utf-8"><body style="font:13px sans-serif">${lost}${took}${tables.join('')}</body>`
}

/** map_id of a redirect without a map (UINT_MAX in the kernel, INT_MAX in the event). */
const NO_MAP = 2_147_483_647

function bulkRows({ evidence: { observation } }: Trial): (string | number)[][] {
  const sizes = new Set(
    [...Object.keys(observation.devmapBulks), ...Object.keys(observation.cpumapBulks)].map(Number),
  )
  return [...sizes]
    .sort((a, b) => a - b)
    .map((size) => [String(size), observation.devmapBulks[size] ?? 0, observation.cpumapBulks[size] ?? 0])
}

const frames = (count: number): string => count.toLocaleString('en-US')
