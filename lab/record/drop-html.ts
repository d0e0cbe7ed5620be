/** A row of the suite `drops` on its own page of the report, which strips styles. */
import type { DropRecord } from './cell.ts'
import { escapeHtml } from './html.ts'

export function dropHtml({
  condition,
  target,
  frames,
  mode,
  offered,
  reason,
  expected,
  says,
  seen,
}: DropRecord): string {
  const rows: [string, string][] = [
    ['condition', condition],
    ['target', [target, frames, mode].filter((one) => one !== null).join(', ')],
    ['frames sent', String(offered)],
    ['expected reason', reason],
    ['count expected', text(expected)],
    ['said by', says],
    ['seen by bpftrace', text(seen.bpftrace)],
    ['seen by perf', text(seen.perf)],
    ['seen by counters', text(seen.counters)],
  ]
  const cells = rows.map(
    ([name, value]) => `<tr><td>${name}&nbsp;&nbsp;&nbsp;&nbsp;</td><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<table>${cells.join('')}</table>`
}

const text = (count: number | null): string => (count === null ? '-' : count.toLocaleString('en-US'))
